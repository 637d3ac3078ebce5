import { BYTES_PER_MS } from '../speech/speech-messages.ts';
import type { OpenEar } from '../speech/speech.ts';
import { type Soon, whenKnown } from './answers.ts';
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

/** What is known of the caller's turns. Offsets are ms of the audio heard since the session began. */
export interface CallerTurns {
  /** The caller speaks. @param itemId - of the turn; chosen by the service unless it is given. */
  starts(startMs: number, itemId?: string): void;
  /** The caller is silent; the turn may still be given up. */
  stops(endMs: number): void;
  /**
   * The turn is over: it is in the conversation, and answered where the session says so.
   * @param words - what was said; what resolves to undefined is unclear.
   * @param languages - ISO 639-1, where they were recognised.
   */
  ends(words: Soon<string | undefined>, languages?: readonly string[]): void;
  /** Some words of a turn are known. */
  transcribes(itemId: string, delta: string): void;
  /** All words of a turn are known. @param languages - ISO 639-1, where they were recognised. */
  transcribed(itemId: string, words: string, languages?: readonly string[]): void;
}

/** Hears the caller's audio, makes turns of it, and answers them where the session says so. */
export class TurnTaking implements CallerTurns {
  readonly #room: Room;
  readonly #responder: Responder;
  readonly #ear: OpenEar;
  readonly #typed = new TypedTurns();
  /** Bytes since the last turn was committed. */
  #buffered = 0;
  #heardMs = 0;
  #itemId = newId('item');
  #idleTimer: unknown;
  /** How long each turn was whose words are not known yet. */
  readonly #turnMs = new Map<string, number>();

  constructor(room: Room, responder: Responder) {
    this.#room = room;
    this.#responder = responder;
    this.#ear = room.listen(hearingOf(room.config), {
      started: (startMs) => {
        this.starts(startMs);
      },
      knowsWords: () => !this.#typed.isEmpty,
      stopped: (endMs, words) => {
        this.stops(endMs);
        this.ends(this.#wordsUntil(endMs, words));
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
    const words = this.#wordsUntil(Infinity, () => heard);
    this.#tellWords(this.#commit(words), words);
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

  starts(startMs: number, itemId = this.#itemId): void {
    this.#room.clock.clearTimeout(this.#idleTimer);
    this.#itemId = itemId;
    this.#room.wire.send({
      type: 'input_audio_buffer.speech_started',
      audio_start_ms: startMs,
      item_id: itemId,
    });
    if (this.#detection?.interrupt_response !== false) this.#responder.cancel('turn_detected');
  }

  stops(endMs: number): void {
    this.#room.wire.send({
      type: 'input_audio_buffer.speech_stopped',
      audio_end_ms: endMs,
      item_id: this.#itemId,
    });
  }

  ends(words: Soon<string | undefined>, languages?: readonly string[]): void {
    const id = this.#commit(words);
    this.#tellWords(id, words, languages);
    // With a response under way that was not to be interrupted, this turn gets none.
    if (this.#detection?.create_response !== false) this.#responder.create();
  }

  transcribes(itemId: string, delta: string): void {
    if (!this.#isTranscribed) return;
    const place = { item_id: itemId, content_index: 0 };
    this.#room.wire.send({ type: 'conversation.item.input_audio_transcription.delta', ...place, delta });
  }

  transcribed(itemId: string, words: string, languages?: readonly string[]): void {
    const entry = this.#room.conversation.find(itemId);
    const content = [{ type: 'input_audio', transcript: words }];
    if (entry !== undefined) entry.wire = { ...entry.wire, content };
    const seconds = Math.ceil((this.#turnMs.get(itemId) ?? 0) / 1000);
    this.#turnMs.delete(itemId);
    if (!this.#isTranscribed) return;
    this.#room.wire.send({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: itemId,
      content_index: 0,
      transcript: words,
      usage: { type: 'duration', seconds },
      ...(languages !== undefined && { languages }),
    });
  }

  /** What was typed is known; the rest is as it was recognised. */
  #wordsUntil(endMs: number, heard: () => Promise<string | undefined>): Promise<string | undefined> {
    const typed = this.#typed.take(endMs);
    return typed === undefined ? heard() : Promise.resolve(typed);
  }

  get #isTranscribed(): boolean {
    return (this.#room.config.audio.input.transcription ?? null) !== null;
  }

  #timedOut(idleMs: number): void {
    const end = Math.round(this.#heardMs);
    this.#room.wire.send({
      type: 'input_audio_buffer.timeout_triggered',
      audio_start_ms: Math.max(0, end - idleMs),
      audio_end_ms: end,
      item_id: this.#itemId,
    });
    this.#commit();
    this.#responder.create();
  }

  /** Ends the turn. @param words - none where nothing was said. @returns the id of its item. */
  #commit(words?: Soon<string | undefined>): string {
    const { wire, conversation } = this.#room;
    const id = this.#itemId;
    this.#turnMs.set(id, this.#msOf(this.#buffered));
    this.#itemId = newId('item');
    this.#buffered = 0;
    const known = words === undefined ? undefined : Promise.resolve(words).catch(() => undefined);
    const previous = conversation.lastId;
    const content = [{ type: 'input_audio', transcript: null }];
    const item = { id, object: 'realtime.item', type: 'message', role: 'user', status: 'completed', content };
    conversation.append({ wire: item, words: known, audioMs: 0 });
    wire.send({ type: 'input_audio_buffer.committed', item_id: id, previous_item_id: previous });
    wire.send({ type: 'conversation.item.added', previous_item_id: previous, item });
    wire.send({ type: 'conversation.item.done', previous_item_id: previous, item });
    return id;
  }

  #tellWords(id: string, words: Soon<string | undefined>, languages?: readonly string[]): void {
    const tell = (text = UNCLEAR) => {
      this.transcribes(id, text);
      this.transcribed(id, text, languages);
    };
    whenKnown(words, tell, tell);
  }

  #msOf(bytes: number): number {
    return bytes / BYTES_PER_MS[formatOf(this.#room.config.audio.input.format)];
  }
}
