import { BYTES_PER_MS } from '../speech/speech-messages.ts';
import type { OpenEar } from '../speech/speech.ts';
import { type Refusal, refusal } from './refusal.ts';
import type { Responder } from './responder.ts';
import type { Response } from './response.ts';
import type { Room } from './room.ts';
import { formatOf, hearingOf } from './session-config.ts';
import { TypedTurns } from './typed-turns.ts';
import { newId } from './wire.ts';

/** Fewer ms cannot be committed. */
const SHORTEST_COMMIT_MS = 100;
/** What the transcript says when the words are no sentence of the scenario. */
const UNCLEAR = '[unclear]';

/** Hears the caller's audio, makes turns of it, and answers them where the session says so. */
export class TurnTaking {
  readonly #room: Room;
  readonly #responder: Responder;
  readonly #ear: OpenEar;
  readonly #typed = new TypedTurns();
  /** Bytes since the last turn was committed. */
  #buffered = 0;
  #heardMs = 0;
  #itemId = newId('item');
  #idleTimer: unknown;

  constructor(room: Room, responder: Responder) {
    this.#room = room;
    this.#responder = responder;
    this.#ear = room.speech.listen(hearingOf(room.config), {
      started: (startMs) => {
        this.#started(startMs);
      },
      stopped: (endMs, words) => {
        this.#stopped(endMs, words);
      },
    });
  }

  get #detection() {
    return this.#room.config.audio.input.turn_detection;
  }

  /** The session's config has changed. */
  configure(): void {
    this.#ear.listen(hearingOf(this.#room.config));
  }

  append(audio: string): void {
    const padding = audio.endsWith('==') ? 2 : audio.endsWith('=') ? 1 : 0;
    const bytes = (audio.length / 4) * 3 - padding;
    this.#buffered += bytes;
    this.#heardMs += this.#msOf(bytes);
    this.#ear.hear(audio);
  }

  /** The audio that follows has these words, whatever the recogniser makes of it. */
  typed(text: string): void {
    this.#typed.add(text, this.#heardMs);
  }

  commit(): Refusal | undefined {
    const ms = this.#msOf(this.#buffered);
    if (ms < SHORTEST_COMMIT_MS) {
      const message = `Error committing input audio buffer: buffer too small. Expected at least ${String(SHORTEST_COMMIT_MS)}ms of audio, but buffer only has ${ms.toFixed(2)}ms of audio.`;
      return refusal('input_audio_buffer_commit_empty', message);
    }
    const heard = this.#ear.take();
    this.#commit(this.#wordsUntil(Infinity, heard));
    return undefined;
  }

  clear(): void {
    this.#buffered = 0;
    this.#ear.clear();
    this.#typed.clear();
    this.#room.wire.send({ type: 'input_audio_buffer.cleared' });
  }

  /** A response is done: its audio is still to be heard, and then the caller may be silent for so long. */
  responded(response: Response): void {
    const detection = this.#detection;
    const idleMs = detection?.type === 'server_vad' ? (detection.idle_timeout_ms ?? undefined) : undefined;
    this.#room.clock.clearTimeout(this.#idleTimer);
    if (idleMs === undefined) return;
    this.#idleTimer = this.#room.clock.setTimeout(() => {
      this.#timedOut(idleMs);
    }, response.audioMs + idleMs);
  }

  close(): void {
    this.#room.clock.clearTimeout(this.#idleTimer);
    this.#ear.close();
  }

  #started(startMs: number): void {
    this.#room.clock.clearTimeout(this.#idleTimer);
    this.#room.wire.send({
      type: 'input_audio_buffer.speech_started',
      audio_start_ms: startMs,
      item_id: this.#itemId,
    });
    if (this.#detection?.interrupt_response !== false) this.#responder.cancel('turn_detected');
  }

  #stopped(endMs: number, words: Promise<string | undefined>): void {
    this.#room.wire.send({
      type: 'input_audio_buffer.speech_stopped',
      audio_end_ms: endMs,
      item_id: this.#itemId,
    });
    this.#commit(this.#wordsUntil(endMs, words));
    // With a response under way that was not to be interrupted, this turn gets none.
    if (this.#detection?.create_response !== false) this.#responder.create();
  }

  /** What was typed is known; the rest is as it was recognised. */
  #wordsUntil(endMs: number, heard: Promise<string | undefined>): Promise<string | undefined> {
    const typed = this.#typed.take(endMs);
    return typed === undefined ? heard : Promise.resolve(typed);
  }

  #timedOut(idleMs: number): void {
    const end = Math.round(this.#heardMs);
    this.#room.wire.send({
      type: 'input_audio_buffer.timeout_triggered',
      audio_start_ms: Math.max(0, end - idleMs),
      audio_end_ms: end,
      item_id: this.#itemId,
    });
    this.#commit(undefined);
    this.#responder.create();
  }

  /** Ends the turn. @param heard - its words, when they are known; undefined where nothing was said. */
  #commit(heard: Promise<string | undefined> | undefined): void {
    const { wire, conversation, config } = this.#room;
    const id = this.#itemId;
    const seconds = this.#msOf(this.#buffered) / 1000;
    this.#itemId = newId('item');
    this.#buffered = 0;
    const words = heard?.catch(() => undefined);
    const previous = conversation.lastId;
    const content = [{ type: 'input_audio', transcript: null }];
    const item = { id, object: 'realtime.item', type: 'message', role: 'user', status: 'completed', content };
    const entry = conversation.append({ wire: item, words, audioMs: 0 });
    wire.send({ type: 'input_audio_buffer.committed', item_id: id, previous_item_id: previous });
    wire.send({ type: 'conversation.item.added', previous_item_id: previous, item });
    wire.send({ type: 'conversation.item.done', previous_item_id: previous, item });
    const isTranscribed = (config.audio.input.transcription ?? null) !== null;
    void words?.then((text = UNCLEAR) => {
      entry.wire = { ...item, content: [{ type: 'input_audio', transcript: text }] };
      if (!isTranscribed) return;
      const place = { item_id: id, content_index: 0 };
      wire.send({ type: 'conversation.item.input_audio_transcription.delta', ...place, delta: text });
      wire.send({
        type: 'conversation.item.input_audio_transcription.completed',
        ...place,
        transcript: text,
        usage: { type: 'duration', seconds: Math.ceil(seconds) },
      });
    });
  }

  #msOf(bytes: number): number {
    return bytes / BYTES_PER_MS[formatOf(this.#room.config.audio.input.format)];
  }
}
