import { MU_LAW_BYTES_PER_MS, SILENCE } from '../../media/mu-law.ts';
import { PlaybackSchedule } from './playback-schedule.ts';

/** What became of one `media` message. Times are milliseconds of media time: since the stream started. */
export interface PlayedPiece {
  /** Counts the `media` messages of the stream, from 0. */
  readonly index: number;
  readonly receivedAtMs: number;
  /** When its first byte is, was or would have been heard. */
  readonly startsAtMs: number;
  readonly audio: Uint8Array;
  /** How many of its bytes reach the caller's ear: all of them, unless a `clear` came first. */
  readonly audibleBytes: number;
}

/**
 * The carrier's playback buffer with its audio: what the caller hears of what
 * the engine sent, by the times of `PlaybackSchedule`. It remembers every byte,
 * and so can say what was heard by a given time: the oracle for truncation.
 *
 * Times passed in must not go backwards.
 */
export class Playback {
  readonly #schedule = new PlaybackSchedule();
  readonly #pieces: PlayedPiece[] = [];

  /** When the buffer runs, or ran, dry. */
  get endsAtMs(): number {
    return this.#schedule.endsAtMs;
  }

  /** When the next mark is to be returned; undefined when none waits. */
  get nextMarkAtMs(): number | undefined {
    return this.#schedule.nextMarkAtMs;
  }

  /** Every `media` message so far, in order. */
  get pieces(): readonly PlayedPiece[] {
    return this.#pieces;
  }

  isPlaying(atMs: number): boolean {
    return this.#schedule.isPlaying(atMs);
  }

  /** Buffers the audio of one `media` message. The bytes are kept, not copied. */
  add(atMs: number, audio: Uint8Array): void {
    this.#pieces.push({
      index: this.#pieces.length,
      receivedAtMs: atMs,
      startsAtMs: this.#schedule.add(atMs, audio.length),
      audio,
      audibleBytes: audio.length,
    });
  }

  /** Buffers a mark: it is due when everything before it was played. */
  mark(atMs: number, name: string): void {
    this.#schedule.mark(atMs, name);
  }

  /** Gives back the marks that are due by now, in order, each once. */
  takeMarks(atMs: number): string[] {
    return this.#schedule.takeMarks(atMs);
  }

  /** Drops what was not played. Gives back every mark that waits, played or not, and how much audio was dropped. */
  clear(atMs: number): { marks: string[]; droppedMs: number } {
    for (let i = this.#pieces.length - 1; i >= 0; i--) {
      const piece = this.#pieces[i];
      if (piece === undefined || bytesHeard(piece, atMs) === piece.audibleBytes) break;
      this.#pieces[i] = { ...piece, audibleBytes: bytesHeard(piece, atMs) };
    }
    return this.#schedule.clear(atMs);
  }

  /** How many bytes the caller has heard by a time that has come. */
  bytesHeardBy(atMs: number): number {
    return this.#pieces.reduce((sum, piece) => sum + bytesHeard(piece, atMs), 0);
  }

  /** What the caller's ear got from the start of the stream until `untilMs`: mu-law, silence where nothing played. */
  render(untilMs: number): Uint8Array {
    const line = new Uint8Array(Math.max(0, Math.round(untilMs * MU_LAW_BYTES_PER_MS))).fill(SILENCE);
    for (const piece of this.#pieces) {
      const at = Math.round(piece.startsAtMs * MU_LAW_BYTES_PER_MS);
      if (at >= line.length) continue;
      line.set(piece.audio.subarray(0, Math.min(bytesHeard(piece, untilMs), line.length - at)), at);
    }
    return line;
  }
}

function bytesHeard(piece: PlayedPiece, atMs: number): number {
  const played = Math.floor((atMs - piece.startsAtMs) * MU_LAW_BYTES_PER_MS);
  return Math.min(piece.audibleBytes, Math.max(0, played));
}
