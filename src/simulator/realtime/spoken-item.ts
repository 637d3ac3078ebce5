import { type AudioPiece, type Sentence, whenKnown } from './answers.ts';
import type { Entry } from './conversation.ts';
import type { Room } from './room.ts';
import { wordsWithin } from './spoken-pieces.ts';

/** Deltas that are on their way when a response is cancelled: they still arrive. */
const IN_FLIGHT = 2;

/** Where in a response its deltas belong. */
export interface Place {
  readonly response_id: string;
  readonly item_id: string;
  readonly output_index: number;
  readonly content_index: number;
}

export interface SpokenItemOptions {
  readonly room: Room;
  readonly place: Place;
  readonly entry: Entry;
  readonly sentences: readonly Sentence[];
  /** The most audio it may have, in ms. */
  readonly limitMs: number;
  /** Sends events that belong together: nothing ends between them. */
  readonly step: (send: () => void) => void;
  readonly ended: (isCut: boolean) => void;
  /** The voice has failed. */
  readonly failed: () => void;
  /** Called once some audio is out, in the step of that. */
  readonly afterFirstDelta: (() => void) | undefined;
}

/** One assistant message in audio: its deltas, its transcript beside them, and its end. */
export class SpokenItem {
  readonly #options: SpokenItemOptions;
  readonly #sentences: Sentence[];
  /** Of the sentence that is being said, those that were not sent. */
  #pieces: AudioPiece[] = [];
  /** How many letters of it may still be said. */
  #letters = 0;
  #transcript = '';
  #timer: unknown;
  #isStopped = false;
  #hasSound = false;
  /** The limit was reached before the last word. */
  #isCut = false;

  constructor(options: SpokenItemOptions) {
    this.#options = options;
    this.#sentences = [...options.sentences];
  }

  /** Says its sentences, one after another. */
  say(): void {
    const sentence = this.#sentences.shift();
    if (sentence === undefined) {
      this.#isStopped = true;
      this.#options.ended(this.#isCut);
      return;
    }
    const pieces = (known: readonly AudioPiece[]) => {
      if (this.#isStopped) return;
      this.#pieces = [...known];
      this.#letters = this.#lettersOf(sentence);
      this.#goOn();
    };
    whenKnown(sentence.pieces(), pieces, () => {
      if (!this.#isStopped) this.#options.failed();
    });
  }

  /** Breaks off; what is in flight is still sent. */
  stop(): void {
    if (this.#isStopped) return;
    this.drop();
    for (const piece of this.#pieces.splice(0, IN_FLIGHT)) this.#send(piece);
  }

  /** Breaks off; nothing more is sent. */
  drop(): void {
    this.#isStopped = true;
    this.#options.room.clock.clearTimeout(this.#timer);
  }

  /** The `.done` events up to `content_part.done`, and the item as it is then. */
  finish(status: 'completed' | 'incomplete'): void {
    const { room, place, entry } = this.#options;
    const transcript = this.#transcript;
    entry.wire = { ...entry.wire, status, content: [{ type: 'output_audio', transcript }] };
    room.wire.send({ type: 'response.output_audio.done', ...place });
    room.wire.send({ type: 'response.output_audio_transcript.done', ...place, transcript });
    room.wire.send({ type: 'response.content_part.done', ...place, part: { type: 'audio', transcript } });
  }

  #goOn(): void {
    for (let piece = this.#pieces.shift(); piece !== undefined; piece = this.#pieces.shift()) {
      const { pauseMs } = piece;
      this.#step(piece);
      if (this.#isStopped) return;
      if (this.#isCut) this.#pieces = [];
      if (pauseMs === 0) continue;
      this.#timer = this.#options.room.clock.setTimeout(() => {
        this.#goOn();
      }, pauseMs);
      return;
    }
    if (this.#isCut) this.#sentences.length = 0;
    this.say();
  }

  /** Audio and words are made together: the words end where the audio does. */
  #lettersOf({ text }: Sentence): number {
    const { entry, limitMs } = this.#options;
    const ms = this.#pieces.reduce((sum, piece) => sum + piece.ms, 0);
    return ms === 0 ? text.length : wordsWithin(text, (limitMs - entry.audioMs) / ms).length;
  }

  #step(piece: AudioPiece): void {
    this.#options.step(() => {
      this.#send(piece);
    });
  }

  #send(piece: AudioPiece): void {
    const { room, place, entry, limitMs } = this.#options;
    const ms = Math.min(piece.ms, Math.max(0, limitMs - entry.audioMs));
    this.#isCut ||= ms < piece.ms;
    const text = piece.text.slice(0, this.#letters);
    this.#letters -= text.length;
    if (text !== '') {
      this.#transcript += text;
      room.wire.send({ type: 'response.output_audio_transcript.delta', ...place, delta: text });
    }
    if (ms === 0) return;
    room.hasSpoken = true;
    entry.audioMs += ms;
    const delta = base64(shortened(piece.bytes(), ms / piece.ms));
    room.wire.send({ type: 'response.output_audio.delta', ...place, delta });
    if (this.#hasSound) return;
    this.#hasSound = true;
    this.#options.afterFirstDelta?.();
  }
}

/** The first so much of some audio, in whole samples of two bytes. */
const shortened = (bytes: Uint8Array, share: number) =>
  share >= 1 ? bytes : bytes.subarray(0, 2 * Math.floor((bytes.length * share) / 2));

const base64 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
