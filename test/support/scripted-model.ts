import type { FakeModelSocket } from './fake-model-socket.ts';
import { audioOf } from './model-leg.ts';
import { type Padding, speechOffsets } from './speech-offsets.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** An event as the engine sent it. */
export type Asked = { readonly type: string } & Record<string, unknown>;

interface Asking {
  readonly instructions?: string;
  readonly metadata?: Record<string, string>;
}

interface Running {
  readonly id: string;
  timer: unknown;
}

/** What every letter takes to be said, in ms: whole frames. */
export const MS_PER_LETTER = 60;

/**
 * A Realtime server in a test's hands: agrees to every session, says for each
 * purpose what the script has, one response at a time, all audio at once after
 * `latencyMs`. A caller's turn is what the test says it is.
 */
export class ScriptedModel {
  /** Purpose to words; `undefined` for what it answers with silence. */
  readonly script: Record<string, string | undefined> = {
    greeting: 'Hi, this is Acme, how can I help you?',
    reply: 'We are open from nine to five.',
    goodbye: 'Goodbye, and thank you.',
    idlePrompt: 'Are you still there?',
    lastMinute: 'I am sorry, we have to end soon.',
    toolAnswer: 'It is done.',
    filler: 'One moment, please.',
    say: 'As you say.',
  };
  /** Everything that was asked but audio. */
  readonly asked: Asked[] = [];
  /** Bytes of mu-law of the caller, in order. */
  readonly audio: Buffer[] = [];
  readonly #socket: FakeModelSocket;
  readonly #clock: VirtualClock;
  readonly #latencyMs: number;
  #running: Running | undefined;
  #repliesByItself = false;
  #interrupts = false;
  #detection: Partial<Padding> = {};
  #spokenAtMs = 0;
  #lastId = 0;

  constructor(socket: FakeModelSocket, clock: VirtualClock, latencyMs = 300) {
    this.#socket = socket;
    this.#clock = clock;
    this.#latencyMs = latencyMs;
    socket.on('sent', (text: string) => {
      this.#take(JSON.parse(text) as Asked);
    });
  }

  /** What was asked of a type. */
  all(type: string): Asked[] {
    return this.asked.filter((event) => event.type === type);
  }

  /** For what responses were asked, in order. */
  get purposes(): string[] {
    return this.all('response.create').map(
      ({ response }) => (response as Asking).metadata?.['purpose'] ?? 'none',
    );
  }

  says(type: string, fields: Record<string, unknown> = {}): void {
    this.#socket.says(JSON.stringify({ type, ...fields }));
  }

  /** The session exists. */
  opens(): void {
    this.#socket.open();
    this.says('session.created', { session: { id: 'sess_1' } });
  }

  /** @param atMs - of the session's audio. */
  speechStarts(itemId: string, atMs = 1000): void {
    this.#spokenAtMs = atMs;
    const { audio_start_ms } = speechOffsets(atMs, atMs, this.#detection);
    this.says('input_audio_buffer.speech_started', { item_id: itemId, audio_start_ms });
    if (this.#interrupts) this.#cancel('turn_detected');
  }

  /**
   * The caller's turn ends; without words its transcription never comes.
   * @param endMs - where the caller fell silent, in the session's audio.
   */
  speechStops(itemId: string, words?: string, language?: string, endMs = this.#spokenAtMs + 900): void {
    this.speechEnds(itemId, endMs - this.#spokenAtMs);
    this.says('input_audio_buffer.committed', { item_id: itemId });
    this.says('conversation.item.added', { item: { id: itemId, type: 'message', role: 'user' } });
    if (words !== undefined) this.transcribes(itemId, words, language);
    if (this.#repliesByItself) this.#begins(this.script['reply']);
  }

  transcribes(itemId: string, transcript: string, language?: string): void {
    this.says('conversation.item.input_audio_transcription.completed', {
      item_id: itemId,
      content_index: 0,
      transcript,
      ...(language !== undefined && { languages: [language] }),
    });
  }

  /** What was spoken lasted so long; the turn is not in the conversation yet. */
  speechEnds(itemId: string, spokenMs: number): void {
    const endMs = this.#spokenAtMs + spokenMs;
    const { audio_end_ms } = speechOffsets(endMs, endMs, this.#detection);
    this.says('input_audio_buffer.speech_stopped', { item_id: itemId, audio_end_ms });
  }

  /** Its own idle time is over: it asks by itself. */
  timesOut(itemId: string): void {
    this.says('input_audio_buffer.timeout_triggered', {
      item_id: itemId,
      audio_start_ms: 0,
      audio_end_ms: 5000,
    });
    this.says('input_audio_buffer.committed', { item_id: itemId });
    this.says('conversation.item.added', { item: { id: itemId, type: 'message', role: 'user' } });
    this.transcribes(itemId, '');
    this.#begins(this.script['idlePrompt']);
  }

  /** A whole turn of the caller, in one tick. */
  callerSays(itemId: string, words: string, language?: string): void {
    this.speechStarts(itemId);
    this.speechStops(itemId, words, language);
  }

  /** The next reply calls a tool instead of speaking. */
  callTool(name: string, preamble?: string, argumentsJson = '{}'): void {
    this.#respond({ metadata: {} }, preamble, { name, arguments: argumentsJson });
  }

  #take(event: Asked): void {
    if (event.type === 'input_audio_buffer.append') {
      this.audio.push(Buffer.from(String(event['audio']), 'base64'));
      return;
    }
    this.asked.push(event);
    if (event.type === 'session.update') this.#update(event['session'] as SessionShape);
    if (event.type === 'input_audio_buffer.commit') {
      this.says('input_audio_buffer.committed', { item_id: `cut_${String(++this.#lastId)}` });
    }
    if (event.type === 'conversation.item.create') {
      this.says('conversation.item.added', { item: event['item'] });
    }
    if (event.type === 'response.create') {
      const asking = event['response'] as Asking;
      if (this.#running !== undefined) {
        const code = 'conversation_already_has_active_response';
        this.says('error', { error: { type: 'invalid_request_error', code, event_id: event['event_id'] } });
      } else this.#respond(asking, this.script[asking.metadata?.['purpose'] ?? '']);
    }
    if (event.type === 'response.cancel') this.#cancel('client_cancelled');
  }

  #update(session: SessionShape): void {
    const { turn_detection: detection } = session.audio?.input ?? {};
    if (detection !== undefined) {
      this.#repliesByItself = detection.create_response === true;
      this.#interrupts = detection.interrupt_response === true;
      this.#detection = detection;
    }
    this.says('session.updated', { session });
  }

  /** By itself: not beside a response that it was asked for meanwhile. */
  #begins(words?: string): void {
    if (this.#running === undefined) this.#respond({ metadata: {} }, words);
  }

  #respond({ metadata }: Asking, words?: string, call?: { name: string; arguments: string }): void {
    const id = `resp_${String(++this.#lastId)}`;
    const running: Running = { id, timer: undefined };
    this.#running = running;
    this.says('response.created', { response: { id, status: 'in_progress', metadata } });
    running.timer = this.#clock.setTimeout(() => {
      const place = { response_id: id, item_id: `${id}_item`, output_index: 0, content_index: 0 };
      if (words !== undefined) {
        this.says('response.output_audio_transcript.delta', { ...place, delta: words });
        const delta = audioOf(words.length * MS_PER_LETTER);
        this.says('response.output_audio.delta', { ...place, delta });
        this.#itemDone(id, { id: place.item_id, type: 'message' });
      }
      if (call !== undefined) {
        this.#itemDone(id, { id: `${id}_call`, type: 'function_call', call_id: `${id}_fc`, ...call });
      }
      this.#running = undefined;
      this.says('response.done', { response: { id, status: 'completed', metadata, output: [] } });
    }, this.#latencyMs);
  }

  #itemDone(responseId: string, item: Record<string, unknown>): void {
    this.says('response.output_item.done', {
      response_id: responseId,
      item: { status: 'completed', ...item },
    });
  }

  #cancel(reason: string): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    this.#clock.clearTimeout(running.timer);
    const details = { type: 'cancelled', reason };
    this.says('response.done', {
      response: { id: running.id, status: 'cancelled', status_details: details, output: [] },
    });
  }
}

interface SessionShape {
  readonly audio?: {
    readonly input?: {
      readonly turn_detection?: Partial<Padding> & {
        readonly create_response?: boolean;
        readonly interrupt_response?: boolean;
      };
    };
  };
}
