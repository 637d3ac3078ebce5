import type { Clock } from '../../clock.ts';
import { noteOf } from '../../errors.ts';
import type { ClipName } from '../../machines/call/call.ports.ts';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
import { greetingOf, sentenceOf } from '../../protocol/profile-sentences.ts';
import { type ClipFiles, clipName } from './clip-files.ts';
import type { Log } from '../../log.ts';

export interface SentenceClipsParts {
  /** Undefined: clips live as long as the process. */
  readonly files: ClipFiles | undefined;
  /** Says a sentence once in a profile's voice, as mu-law at 8000 Hz. */
  readonly speak: (profile: AgentProfile, text: string, signal: AbortSignal) => Promise<Buffer>;
  /** What the clips that ship with the engine say already, in a voice of their own: it is rendered later. */
  readonly shipped: ReadonlySet<string>;
  /** Who says it: the service and the model. Another one's clips are not played. */
  readonly model: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The first wait after a failure, in ms; it doubles. A model that is down comes back within minutes, or not soon. */
const RETRY_AFTER_MS = 30_000;
/** Renderings are paid for: a model that will not say it is not asked for ever. */
const MAX_TRIES = 5;
/** How long a clip that ships with the engine does before the agent's own voice takes its place, in ms: an engine that starts has better to do. */
const SHIPPED_DOES_MS = 300_000;

/** A sentence that is to be a clip. */
interface Wanted {
  readonly profile: AgentProfile;
  readonly text: string;
  /** A clip that ships with the engine says it meanwhile. */
  readonly isShipped: boolean;
}

/** The clips that a call of one agent can play; those that are there. */
export type AgentClips = Readonly<Partial<Record<ClipName, Buffer>>>;

/**
 * The sentences that are played from clips, in the voice and the language of
 * each agent: rendered once, in the background, when the engine starts and when
 * a profile is saved. Until a clip is there, and where it cannot be rendered,
 * the model greets and fills, and for the rest there are the clips that ship
 * with the engine; what those say in English is rendered last. Renders one at a time.
 */
export class SentenceClips {
  readonly #parts: SentenceClipsParts;
  readonly #clips = new Map<string, Buffer>();
  readonly #stop = new AbortController();
  /** By the name of the clip: what is still to be rendered. */
  #wanted = new Map<string, Wanted>();
  #tries = 0;
  #timer: unknown;
  #shippedTimer: unknown;
  #isShippedDue = false;
  #work: Promise<void> = Promise.resolve();

  constructor(parts: SentenceClipsParts) {
    this.#parts = parts;
  }

  /** The clips of a profile that are there. */
  clipsOf(profile: AgentProfile): AgentClips {
    const found = sentencesOf(profile).flatMap(({ name, text }) => {
      const clip = this.#clips.get(this.#nameOf(profile, text));
      return clip === undefined ? [] : [[name, clip] as const];
    });
    return Object.fromEntries(found);
  }

  /** These are the profiles now: what they need is loaded or rendered, and what nobody needs is forgotten. Never waits, never throws. */
  prepare(profiles: readonly AgentProfile[]): void {
    // Greetings first: they are heard in every call.
    const all = profiles
      .flatMap((profile) => sentencesOf(profile).map(({ name, text }) => ({ name, profile, text })))
      .sort((one, other) => Number(other.name === 'greeting') - Number(one.name === 'greeting'));
    const named = new Map(
      all.map(({ profile, text }) => {
        const isShipped = this.#parts.shipped.has(text);
        return [this.#nameOf(profile, text), { profile, text, isShipped }];
      }),
    );
    for (const name of this.#clips.keys()) if (!named.has(name)) this.#clips.delete(name);
    this.#wanted = new Map([...named].filter(([name]) => !this.#clips.has(name)));
    this.#tries = 0;
    this.#isShippedDue = false;
    this.#clearTimers();
    if ([...this.#wanted.values()].some(({ isShipped }) => isShipped)) {
      this.#shippedTimer = this.#parts.clock.setTimeout(() => {
        this.#isShippedDue = true;
        // A retry that waits is part of this round.
        this.#clearTimers();
        this.#start();
      }, SHIPPED_DOES_MS);
    }
    this.#start();
  }

  /** Resolves when what was wanted is there, or its turn will come later. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** Ends a rendering that runs. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#clearTimers();
    await this.#work;
  }

  #clearTimers(): void {
    this.#parts.clock.clearTimeout(this.#timer);
    this.#parts.clock.clearTimeout(this.#shippedTimer);
  }

  #start(): void {
    this.#work = this.#work.then(() => this.#fetchAll());
  }

  async #fetchAll(): Promise<void> {
    // A profile saved meanwhile replaces the list: what it wants is a round of its own.
    const wanted = this.#wanted;
    let failures = 0;
    for (const [name, sentence] of wanted) {
      if (this.#stop.signal.aborted || this.#wanted !== wanted) return;
      if (!(await this.#fetch(name, sentence))) failures++;
    }
    if (failures === 0 || this.#wanted !== wanted || this.#stop.signal.aborted) return;
    if (++this.#tries >= MAX_TRIES) return;
    this.#timer = this.#parts.clock.setTimeout(
      () => {
        this.#start();
      },
      RETRY_AFTER_MS * 2 ** (this.#tries - 1),
    );
  }

  /** False: it failed, and is wanted still. */
  async #fetch(name: string, { profile, text, isShipped }: Wanted): Promise<boolean> {
    const { files, speak, log } = this.#parts;
    const agentId = profile.id;
    try {
      const kept = await files?.read(name);
      if (kept === undefined && isShipped && !this.#isShippedDue) return true;
      const clip = kept ?? (await speak(profile, text, this.#stop.signal));
      this.#clips.set(name, clip);
      this.#wanted.delete(name);
      if (kept !== undefined) return true;
      log.info({ agentId, bytes: clip.length }, 'sentence clip rendered');
      await files?.write(name, clip);
    } catch (thrown) {
      if (this.#stop.signal.aborted) return true;
      const error = noteOf(thrown, 'STORAGE_UNAVAILABLE');
      log.warn({ agentId, error }, 'sentence clip not rendered or not stored');
    }
    return !this.#wanted.has(name);
  }

  #nameOf({ voice, audio }: AgentProfile, text: string): string {
    return clipName({ text, voice, model: this.#parts.model, audio });
  }
}

/** What a call of this agent may have to say without the model. */
function sentencesOf(profile: AgentProfile): { name: ClipName; text: string }[] {
  const own = (['sorry', 'failed', 'hold', 'filler'] as const)
    .filter((name) => name !== 'filler' || profile.filler === 'clip')
    .map((name) => ({ name, text: sentenceOf(profile, name).text }));
  return profile.greetingMode === 'clip' ? [{ name: 'greeting', text: greetingOf(profile) }, ...own] : own;
}
