import { EventEmitter } from 'node:events';
import type { ModelSocket } from '../../../src/services/openai/wire/model-socket.ts';
import { type Padding, speechOffsets } from '../speech-offsets.ts';
import type { VirtualClock } from '../virtual-clock.ts';
import type { AgentVoice } from './agent-voice.ts';
import type { Chance } from './chance.ts';
import { type Fields, FarResponse } from './far-response.ts';
import { ModelMemory, type Refusal } from './model-memory.ts';
import { type Delay, NetworkLane } from './network-lane.ts';
import type { ResponsePlan } from './response-plan.ts';

/** What the caller says in one go, and what the far end's detector and transcription make of it. */
export interface Speech {
  /** How long is spoken: the turn ends when the detector has heard its silence after it. */
  readonly ms: number;
  /** Undefined: transcription fails. */
  readonly words: string | undefined;
  /** From the end of the turn to its words, in ms. */
  readonly wordsAfterMs: number;
  /** False: the detector tells the end of it only. */
  readonly hasStart: boolean;
  /** Everything about it is told twice. */
  readonly isRepeating: boolean;
  /** It was no turn to be answered. Asked at the end of the call. */
  readonly isNoise: (turnId: string) => boolean;
}

interface FarModelOptions {
  readonly clock: VirtualClock;
  readonly chance: Chance;
  readonly voice: AgentVoice;
  readonly toEngine: Delay;
  readonly fromEngine: Delay;
  readonly shorterByMs: number;
  /** What the next response is like. `own`: nobody asked for it. */
  readonly planFor: (purpose: string) => ResponsePlan | Refusal;
  /** Its ids are counted from here on, so that those of the session before are others. Default: 0. */
  readonly countsFrom?: number;
  /** Stands around the delivery of every event. */
  readonly around: (type: string, itemId: string, deliver: () => void) => void;
}

interface ClientEvent {
  readonly type: string;
  readonly event_id?: string;
  readonly [field: string]: unknown;
}

/** A turn of the caller's, or a response. `own`: nobody asked for it. */
export type Chapter =
  | { readonly what: 'turn'; readonly at: number; readonly isNoise: () => boolean }
  | {
      readonly what: 'response';
      readonly at: number;
      readonly purpose: string;
      readonly plan: ResponsePlan;
      readonly itemIds: string[];
      status: 'running' | 'completed' | 'cancelled' | 'failed' | 'incomplete';
    };

interface Told {
  readonly type: string;
  readonly itemId: string;
  readonly text: Buffer;
}

const APPEND = '{"type":"input_audio_buffer.append"';

/** A Realtime session, GA dialect, on a virtual clock: the rules of the wire, and responses by plan. */
export class FarModel extends EventEmitter implements ModelSocket {
  readyState = 0;
  readonly bufferedAmount = 0;
  readonly memory: ModelMemory;
  /** Everything that the engine has sent but audio, in order. */
  readonly left: { readonly atMs: number; readonly event: ClientEvent }[] = [];
  /** What has happened in the conversation, in order. */
  readonly story: Chapter[] = [];
  readonly #options: FarModelOptions;
  readonly #toEngine: NetworkLane<Told>;
  readonly #fromEngine: NetworkLane<ClientEvent>;
  #active: FarResponse | undefined;
  readonly #beside = new Set<FarResponse>();
  /** Connected, and says nothing any more. */
  #isFrozen = false;
  #createsResponses = false;
  #interrupts = false;
  #padding: Partial<Padding> = {};
  #events = 0;
  #items: number;
  #responses: number;
  #turns: number;

  constructor(options: FarModelOptions) {
    super();
    const { clock } = options;
    this.#options = options;
    this.#items = this.#responses = this.#turns = options.countsFrom ?? 0;
    this.memory = new ModelMemory(options.shorterByMs);
    this.#toEngine = new NetworkLane(clock, options.toEngine, ({ type, itemId, text }) => {
      if (this.#isFrozen) return;
      options.around(type, itemId, () => this.readyState === 1 && this.emit('message', text, false));
    });
    this.#fromEngine = new NetworkLane(clock, options.fromEngine, (event) => {
      this.#take(event);
    });
  }

  /** Responses that have begun so far. */
  get responses(): number {
    return this.#responses - (this.#options.countsFrom ?? 0);
  }

  get isGenerating(): boolean {
    return this.#active !== undefined;
  }

  open(): void {
    this.readyState = 1;
    this.emit('open');
    this.#tell('session.created', { session: { id: 'sess_1' } });
  }

  send(data: string | Buffer): void {
    if (data.length > APPEND.length && data.toString('latin1', 0, APPEND.length) === APPEND) return;
    const event = JSON.parse(data.toString()) as ClientEvent;
    this.left.push({ atMs: this.#options.clock.now(), event });
    this.emit('sent', data.toString());
    this.#fromEngine.push(event);
  }

  sendText(buffer: Buffer, start: number, end: number): void {
    this.send(buffer.subarray(start, end));
  }

  ping(): void {
    if (!this.#isFrozen) this.emit('pong');
  }

  /** It stays connected, and nobody hears anything of it from now on. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** An `error` event that answers nothing. */
  complains(code: string): void {
    this.#tell('error', { error: { type: 'invalid_request_error', code, message: code, event_id: null } });
  }

  close(code = 1005): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#active?.cancel('client_cancelled');
    this.emit('close', code);
  }

  terminate(): void {
    this.close(1006);
  }

  /** The caller begins to speak now. Answers the turn's item id. */
  hears({ ms, words, wordsAfterMs, hasStart, isRepeating, isNoise }: Speech): string {
    const { clock } = this.#options;
    const item_id = `turn_${String(++this.#turns)}`;
    const startMs = clock.now();
    const { audio_start_ms, audio_end_ms } = speechOffsets(startMs, startMs + ms, this.#padding);
    const tell = (type: string, fields: Fields) => {
      this.#tell(type, fields);
      if (isRepeating) this.#tell(type, fields);
    };
    const interrupted = this.#interrupts ? this.#active : undefined;
    if (hasStart) {
      interrupted?.cancel('turn_detected');
      tell('input_audio_buffer.speech_started', { audio_start_ms, item_id });
    }
    clock.setTimeout(() => {
      tell('input_audio_buffer.speech_stopped', { audio_end_ms, item_id });
      this.#commit(item_id, tell, () => isNoise(item_id));
      clock.setTimeout(() => {
        const event = 'conversation.item.input_audio_transcription.';
        if (words === undefined) tell(`${event}failed`, { item_id, content_index: 0, error: {} });
        else tell(`${event}completed`, { item_id, content_index: 0, transcript: words });
      }, wordsAfterMs);
    }, audio_end_ms - startMs);
    return item_id;
  }

  #commit(item_id: string, tell: (type: string, fields: Fields) => void, isNoise = () => false): void {
    this.story.push({ what: 'turn', at: this.#options.clock.now(), isNoise });
    tell('input_audio_buffer.committed', { item_id, previous_item_id: null });
    this.#tell('conversation.item.added', { item: { id: item_id, type: 'message', role: 'user' } });
    this.#tell('conversation.item.done', { item: { id: item_id, type: 'message', role: 'user' } });
    if (!this.#createsResponses) return;
    // A response that was cancelled by this speech ends first.
    if (this.#active?.isOver === true) this.#active.whenGone(() => this.#begin('own', null, true));
    else if (this.#active === undefined) this.#begin('own', null, true);
  }

  #begin(
    purpose: string,
    metadata: Record<string, string> | null,
    isInConversation: boolean,
  ): Refusal | undefined {
    const plan = this.#options.planFor(purpose);
    if ('code' in plan) return plan;
    const chapter: Chapter = {
      what: 'response',
      at: this.#options.clock.now(),
      purpose,
      plan,
      itemIds: [],
      status: 'running',
    };
    const response: FarResponse = new FarResponse({
      ...this.#options,
      id: `resp_${String(++this.#responses)}`,
      plan,
      metadata,
      isInConversation,
      memory: this.memory,
      newItemId: () => {
        const itemId = `item_${String(++this.#items)}`;
        chapter.itemIds.push(itemId);
        return itemId;
      },
      tell: (type, fields) => {
        this.#tell(type, fields);
      },
      onDone: (status) => {
        chapter.status = status;
        if (this.#active === response) this.#active = undefined;
        this.#beside.delete(response);
      },
    });
    this.story.push(chapter);
    if (isInConversation) this.#active = response;
    else this.#beside.add(response);
    response.start();
    return undefined;
  }

  #take(event: ClientEvent): void {
    if (this.readyState !== 1) return;
    const refusal = this.#obey(event);
    if (refusal === undefined) return;
    this.#tell('error', {
      error: { type: 'invalid_request_error', ...refusal, event_id: event.event_id ?? null },
    });
  }

  #obey(event: ClientEvent): Refusal | undefined {
    const { memory } = this;
    const itemId = String(event['item_id']);
    switch (event.type) {
      case 'session.update':
        this.#configure(event['session'] as SessionUpdate);
        return undefined;
      case 'conversation.item.truncate':
        return memory.truncate(itemId, Number(event['audio_end_ms']));
      case 'conversation.item.delete':
        return memory.delete(itemId);
      case 'conversation.item.create': {
        const item = event['item'] as { id: string; type: string; call_id?: string };
        const refusal = item.type === 'function_call_output' ? memory.answer(item.call_id ?? '') : undefined;
        if (refusal === undefined) this.#tell('conversation.item.added', { item });
        return refusal;
      }
      case 'input_audio_buffer.commit':
        this.#commit(`turn_${String(++this.#turns)}`, (type, fields) => {
          this.#tell(type, fields);
        });
        return undefined;
      case 'response.create':
        return this.#create(event['response'] as ResponseParams);
      case 'response.cancel':
        return this.#cancel(String(event['response_id']));
      default:
        return undefined;
    }
  }

  #create({ conversation, metadata = {} }: ResponseParams): Refusal | undefined {
    const isInConversation = conversation !== 'none';
    if (isInConversation && this.#active !== undefined) {
      return { code: 'conversation_already_has_active_response', message: 'one at a time' };
    }
    return this.#begin(metadata['purpose'] ?? 'unsaid', metadata, isInConversation);
  }

  #cancel(id: string): Refusal | undefined {
    const response = [this.#active, ...this.#beside].find((one) => one?.id === id);
    if (response === undefined || response.isOver) {
      return { code: 'response_cancel_not_active', message: 'nothing to cancel' };
    }
    response.cancel('client_cancelled');
    return undefined;
  }

  #configure({ audio }: SessionUpdate): void {
    const detection = audio?.input?.turn_detection;
    if (detection !== undefined) {
      this.#createsResponses = detection.create_response;
      this.#interrupts = detection.interrupt_response;
      this.#padding = detection;
    }
    const isPcm = this.#options.voice.mode === 'pcm16';
    const format = isPcm ? { type: 'audio/pcm', rate: 24_000 } : { type: 'audio/pcmu' };
    this.#tell('session.updated', {
      session: { type: 'realtime', audio: { input: { format }, output: { format } } },
    });
  }

  #tell(type: string, fields: Fields): void {
    const event = { type, event_id: `event_${String(++this.#events)}`, ...fields };
    this.#toEngine.push({
      type,
      itemId: typeof fields['item_id'] === 'string' ? fields['item_id'] : '',
      text: Buffer.from(JSON.stringify(event)),
    });
  }
}

interface SessionUpdate {
  readonly audio?: {
    readonly input?: {
      readonly turn_detection?: Partial<Padding> & {
        readonly create_response: boolean;
        readonly interrupt_response: boolean;
      };
    };
  };
}

interface ResponseParams {
  readonly conversation?: string;
  readonly metadata?: Record<string, string>;
}
