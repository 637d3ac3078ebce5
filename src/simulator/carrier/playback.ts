import { MU_LAW_BYTES_PER_MS, SILENCE } from '../../media/mu-law.ts';

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

interface PendingMark {
  readonly name: string;
  readonly dueAtMs: number;
}

/**
 * The carrier's playback buffer: what the caller hears of what the engine sent.
 *
 * It plays in order, 8 bytes a millisecond, without a gap while it has audio. A
 * mark comes back when everything before it was played, at once when nothing is
 * buffered; `clear` drops what was not played and gives back every mark that
 * waits (Twilio docs, "Media Streams - WebSocket Messages"). Because the rate
 * is fixed, the schedule is known as soon as a piece arrives: the class needs
 * no timer and holds on any clock. It remembers every byte, and so can say what
 * was heard by a given time: the oracle for truncation.
 *
 * Times passed in must not go backwards.
 */
export class Playback {
  readonly #pieces: PlayedPiece[] = [];
  #marks: PendingMark[] = [];
  #endsAtMs = 0;

  /** When the buffer runs, or ran, dry. */
  get endsAtMs(): number {
    return this.#endsAtMs;
  }

  /** When the next mark is to be returned; undefined when none waits. */
  get nextMarkAtMs(): number | undefined {
    return this.#marks[0]?.dueAtMs;
  }

  /** Every `media` message so far, in order. */
  get pieces(): readonly PlayedPiece[] {
    return this.#pieces;
  }

  isPlaying(atMs: number): boolean {
    return atMs < this.#endsAtMs;
  }

  /** Buffers the audio of one `media` message. The bytes are kept, not copied. */
  add(atMs: number, audio: Uint8Array): void {
    const startsAtMs = Math.max(atMs, this.#endsAtMs);
    this.#pieces.push({
      index: this.#pieces.length,
      receivedAtMs: atMs,
      startsAtMs,
      audio,
      audibleBytes: audio.length,
    });
    this.#endsAtMs = startsAtMs + audio.length / MU_LAW_BYTES_PER_MS;
  }

  /** Buffers a mark: it is due when everything before it was played. */
  mark(atMs: number, name: string): void {
    this.#marks.push({ name, dueAtMs: Math.max(atMs, this.#endsAtMs) });
  }

  /** Gives back the marks that are due by now, in order, each once. */
  takeMarks(atMs: number): string[] {
    const due = this.#marks.filter((mark) => mark.dueAtMs <= atMs);
    if (due.length > 0) this.#marks = this.#marks.slice(due.length);
    return due.map(({ name }) => name);
  }

  /** Drops what was not played. Gives back every mark that waits, played or not, and how much audio was dropped. */
  clear(atMs: number): { marks: string[]; droppedMs: number } {
    const droppedMs = Math.max(0, this.#endsAtMs - atMs);
    for (let i = this.#pieces.length - 1; i >= 0; i--) {
      const piece = this.#pieces[i];
      if (piece === undefined || bytesHeard(piece, atMs) === piece.audibleBytes) break;
      this.#pieces[i] = { ...piece, audibleBytes: bytesHeard(piece, atMs) };
    }
    this.#endsAtMs = Math.min(this.#endsAtMs, atMs);
    const marks = this.#marks.map(({ name }) => name);
    this.#marks = [];
    return { marks, droppedMs };
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
