import { type AnyActorRef, createActor, setup } from 'xstate';
import type { ModelFact } from '../../src/machines/call/call.events.ts';
import type { ModelOrder } from '../../src/machines/session/session.events.ts';
import { AudioLine } from '../../src/media/audio-line.ts';
import type { AudioTag, HeardItem } from '../../src/media/heard.ts';
import { AgentProfile } from '../../src/protocol/agent-profile.ts';
import { ClientEvent } from '../../src/protocol/realtime-client-events.ts';
import { CallMemory } from '../../src/services/openai/memory/call-memory.ts';
import { DIALECTS } from '../../src/services/openai/dialects/dialects.ts';
import type { ModelLegDeps } from '../../src/services/openai/session/model-leg-deps.ts';
import { modelSession } from '../../src/services/openai/session/model-session.ts';
import type { ToolSpec } from '../../src/services/openai/session/prompt.ts';
import { ModelSocketPipe } from './model-socket-pipe.ts';
import { VirtualClock } from './virtual-clock.ts';

export type Sent = ClientEvent & Record<string, unknown>;
type DialectName = keyof typeof DIALECTS;

interface RigOptions {
  readonly dialect?: DialectName;
  readonly profile?: Record<string, unknown>;
  readonly tools?: readonly ToolSpec[];
  readonly memory?: CallMemory;
  readonly clock?: VirtualClock;
  readonly takesTyped?: boolean;
}

export interface LogLine {
  readonly level: string;
  readonly fields: object;
  readonly sentence: string;
}

export const BOOK: ToolSpec = {
  name: 'book_appointment',
  description: 'Books an appointment.',
  parameters: { type: 'object', properties: { day: { type: 'string' } }, required: ['day'] },
};

const BETA_TYPES = new Map([
  ['response.output_audio.delta', 'response.audio.delta'],
  ['response.output_audio.done', 'response.audio.done'],
  ['response.output_audio_transcript.delta', 'response.audio_transcript.delta'],
  ['response.output_audio_transcript.done', 'response.audio_transcript.done'],
  ['conversation.item.added', 'conversation.item.created'],
]);

/** What a profile calls a format, in the words of the far end. */
const ECHOED = {
  pcmu: { ga: { type: 'audio/pcmu' }, beta: 'g711_ulaw' },
  pcma: { ga: { type: 'audio/pcma' }, beta: 'g711_alaw' },
  pcm16: { ga: { type: 'audio/pcm', rate: 24_000 }, beta: 'pcm16' },
};

/** Base64 of that many ms of mu-law. */
export const audioOf = (ms: number, fill = 0x55) => Buffer.alloc(ms * 8, fill).toString('base64');

/** A session with its socket inside a call that writes down what it is told; the far end and the phone's end are the test. */
export class ModelLegRig {
  readonly clock: VirtualClock;
  readonly line = new AudioLine();
  readonly sockets: ModelSocketPipe[] = [];
  readonly facts: ModelFact[] = [];
  readonly log: LogLine[] = [];
  /** What the phone's end of the line got, in order. */
  readonly phone: string[] = [];
  readonly played: Buffer[] = [];
  readonly memory: CallMemory;
  readonly profile: AgentProfile;
  /** Which socket the test is the far end of. */
  at = -1;
  readonly #dialect: DialectName;
  readonly #call: AnyActorRef;
  /** How many frames of each socket were looked at. */
  readonly #read = new Map<readonly string[], number>();
  #eventId = 0;

  constructor(options: RigOptions = {}) {
    this.clock = options.clock ?? new VirtualClock(1_000_000);
    this.memory = options.memory ?? new CallMemory(this.clock);
    this.#dialect = options.dialect ?? 'ga';
    this.profile = AgentProfile.parse({ id: 'test', business: { name: 'Acme' }, ...options.profile });
    const write = (level: string) => (fields: object, sentence: string) => {
      this.log.push({ level, fields, sentence });
    };
    const deps: ModelLegDeps = {
      line: this.line,
      connect: () => {
        const socket = new ModelSocketPipe();
        this.sockets.push(socket);
        return socket;
      },
      makeDialect: DIALECTS[this.#dialect],
      profile: this.profile,
      tools: options.tools ?? [BOOK],
      clock: this.clock,
      log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
      audio: this.profile.audio,
      takesTyped: options.takesTyped,
      memory: this.memory,
    };
    const tagText = ({ responseId, itemId }: AudioTag) => `${responseId}/${itemId}`;
    this.line.listenAsPhone({
      agentAudio: (tag, text, start, end) => {
        const bytes = Buffer.from(text.toString('latin1', start, end), 'base64');
        this.played.push(bytes);
        this.phone.push(`audio ${tagText(tag)} ${String(bytes.length / 8)}`);
      },
      agentItemEnded: (tag) => this.phone.push(`end ${tagText(tag)}`),
      agentResponseEnded: (responseId) => this.phone.push(`done ${responseId}`),
    });
    const call = setup({ actors: { model: modelSession(() => deps) } }).createMachine({
      initial: 'up',
      states: {
        up: { invoke: { id: 'model', src: 'model', input: { callSid: 'CA1' } }, on: { stop: 'down' } },
        down: { on: { start: 'up' } },
      },
      on: { '*': { actions: ({ event }) => this.facts.push(event as ModelFact) } },
    });
    this.#call = createActor(call, { clock: this.clock }).start();
  }

  /** The socket that the test is the far end of: the last one, unless `at` says which. */
  get socket(): ModelSocketPipe {
    const socket = this.sockets.at(this.at);
    if (socket === undefined) throw new Error('the leg has not connected');
    return socket;
  }

  order(order: ModelOrder): void {
    const { children } = this.#call.getSnapshot() as { children: Record<string, AnyActorRef | undefined> };
    children['model']?.send(order);
  }

  stopLeg(): void {
    this.#call.send({ type: 'stop' });
  }

  /** The far end tells an event in the words of GA; a beta far end says the same in its own. */
  says(type: string, fields: Record<string, unknown> = {}): void {
    const isBeta = this.#dialect === 'beta';
    const name = (isBeta ? BETA_TYPES.get(type) : undefined) ?? type;
    this.socket.says(JSON.stringify({ type: name, event_id: `event_${String(++this.#eventId)}`, ...fields }));
  }

  /** Events that the leg has sent since the last look, each held against the strict schema where it speaks GA. */
  sent(): Sent[] {
    const { frames: all } = this.socket;
    const frames = all.slice(this.#read.get(all) ?? 0);
    this.#read.set(all, all.length);
    return frames.map((frame) => {
      const event = JSON.parse(frame) as Sent;
      if (this.#dialect === 'ga') ClientEvent.parse(event);
      return event;
    });
  }

  /** Facts told since the last look. */
  told(): ModelFact[] {
    return this.facts.splice(0);
  }

  /** What the phone's end got since the last look. */
  heardByPhone(): string[] {
    return this.phone.splice(0);
  }

  /** Opens and configures the session, and forgets that it did. */
  configured(): this {
    this.socket.open();
    this.says('session.created', { session: {} });
    this.says('session.updated', { session: this.echo() });
    this.sent();
    this.told();
    return this;
  }

  /** The socket is lost, and the next one is configured. Answers what it was told first. */
  replaced(): Sent[] {
    this.socket.drops();
    this.socket.open();
    this.says('session.created', { session: {} });
    this.says('session.updated', { session: this.echo() });
    return this.sent().filter(({ type }) => type !== 'session.update');
  }

  /** The session as the far end repeats it. */
  echo(): Record<string, unknown> {
    const { ga: format, beta: name } = ECHOED[this.profile.audio];
    if (this.#dialect === 'beta') return { input_audio_format: name, output_audio_format: name };
    return { type: 'realtime', audio: { input: { format }, output: { format } } };
  }

  /** A response begins. `asked` answers the last request; otherwise it is the far end's own. */
  responseBegins(id: string, asked?: Sent): void {
    const response = asked?.response as { metadata?: Record<string, string> } | undefined;
    this.says('response.created', {
      response: { id, status: 'in_progress', metadata: response?.metadata ?? null },
    });
  }

  delta(responseId: string, itemId: string, ms: number, audio = audioOf(ms)): void {
    this.says('response.output_audio.delta', {
      response_id: responseId,
      item_id: itemId,
      output_index: 0,
      content_index: 0,
      delta: audio,
    });
  }

  words(responseId: string, itemId: string, text: string): void {
    this.says('response.output_audio_transcript.delta', {
      response_id: responseId,
      item_id: itemId,
      output_index: 0,
      content_index: 0,
      delta: text,
    });
  }

  itemDone(responseId: string, item: Record<string, unknown>): void {
    this.says('response.output_item.done', { response_id: responseId, output_index: 0, item });
  }

  responseEnds(id: string, status = 'completed', more: Record<string, unknown> = {}): void {
    this.says('response.done', { response: { id, status, output: [], ...more } });
  }

  error(code: string, eventId?: string): void {
    this.says('error', {
      error: { type: 'invalid_request_error', code, message: 'secret words', event_id: eventId ?? null },
    });
  }
}

/** How much of an item was heard, as the phone leg tells it. */
export function heard(
  responseId: string,
  itemId: string,
  heardMs: number,
  receivedMs: number,
  complete = false,
): HeardItem {
  return { responseId, itemId, contentIndex: 0, heardMs, receivedMs, sentMs: receivedMs, complete };
}
