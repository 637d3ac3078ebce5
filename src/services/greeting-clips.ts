import type { Clock } from '../clock.ts';
import { noteOf } from '../errors.ts';
import type { AgentProfile } from '../protocol/agent-profile.ts';
import { greetingOf } from '../protocol/profile-sentences.ts';
import { type ClipFiles, clipName } from './clip-files.ts';
import type { Log } from './log.ts';

export interface GreetingClipsParts {
  /** Undefined: clips live as long as the process. */
  readonly files: ClipFiles | undefined;
  /** Says a profile's greeting once, as mu-law at 8000 Hz. */
  readonly speak: (profile: AgentProfile, signal: AbortSignal) => Promise<Buffer>;
  /** Who says it: the service and the model. Another one's clips are not played. */
  readonly model: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The first wait after a failure, in ms; it doubles. A model that is down comes back within minutes, or not soon. */
const RETRY_AFTER_MS = 30_000;
/** Renderings are paid for: a model that will not say it is not asked for ever. */
const MAX_TRIES = 5;

/**
 * The greetings that are played from a clip: rendered once, in the background,
 * when the engine starts and when a profile is saved. Until a clip is there, and
 * where it cannot be rendered, the model greets. Renders one at a time.
 */
export class GreetingClips {
  readonly #parts: GreetingClipsParts;
  readonly #clips = new Map<string, Buffer>();
  readonly #stop = new AbortController();
  /** By the name of the clip: what is still to be rendered. */
  #wanted = new Map<string, AgentProfile>();
  #tries = 0;
  #timer: unknown;
  #work: Promise<void> = Promise.resolve();

  constructor(parts: GreetingClipsParts) {
    this.#parts = parts;
  }

  /** The greeting of a profile, when it is there. */
  clipOf(profile: AgentProfile): Buffer | undefined {
    return this.#clips.get(this.#nameOf(profile));
  }

  /** These are the profiles now: what they need is loaded or rendered, and what nobody needs is forgotten. Never waits, never throws. */
  prepare(profiles: readonly AgentProfile[]): void {
    const greeters = profiles.filter(({ greetingMode }) => greetingMode === 'clip');
    const named = new Map(greeters.map((profile) => [this.#nameOf(profile), profile]));
    for (const name of this.#clips.keys()) if (!named.has(name)) this.#clips.delete(name);
    this.#wanted = new Map([...named].filter(([name]) => !this.#clips.has(name)));
    this.#tries = 0;
    this.#parts.clock.clearTimeout(this.#timer);
    this.#start();
  }

  /** Resolves when what was wanted is there, or its turn will come later. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** Ends a rendering that runs. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#parts.clock.clearTimeout(this.#timer);
    await this.#work;
  }

  #start(): void {
    this.#work = this.#work.then(() => this.#fetchAll());
  }

  async #fetchAll(): Promise<void> {
    // A profile saved meanwhile replaces the list: what it wants is a round of its own.
    const wanted = this.#wanted;
    for (const [name, profile] of wanted) {
      if (this.#stop.signal.aborted || this.#wanted !== wanted) return;
      await this.#fetch(name, profile);
    }
    if (wanted.size === 0 || this.#wanted !== wanted || this.#stop.signal.aborted) return;
    if (++this.#tries >= MAX_TRIES) return;
    this.#timer = this.#parts.clock.setTimeout(
      () => {
        this.#start();
      },
      RETRY_AFTER_MS * 2 ** (this.#tries - 1),
    );
  }

  async #fetch(name: string, profile: AgentProfile): Promise<void> {
    const { files, speak, log } = this.#parts;
    const agentId = profile.id;
    try {
      const kept = await files?.read(name);
      const clip = kept ?? (await speak(profile, this.#stop.signal));
      this.#clips.set(name, clip);
      this.#wanted.delete(name);
      if (kept !== undefined) return;
      log.info({ agentId, bytes: clip.length }, 'a greeting was rendered');
      await files?.write(name, clip);
    } catch (thrown) {
      if (this.#stop.signal.aborted) return;
      const error = noteOf(thrown, 'STORAGE_UNAVAILABLE');
      log.warn({ agentId, error }, 'a greeting was not rendered or not kept');
    }
  }

  #nameOf(profile: AgentProfile): string {
    const { voice, audio } = profile;
    return clipName({ text: greetingOf(profile), voice, model: this.#parts.model, audio });
  }
}
