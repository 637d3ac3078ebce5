import { MU_LAW_BYTES_PER_MS } from '../../media/mu-law.ts';

interface PendingMark {
  readonly name: string;
  readonly dueAtMs: number;
}

/**
 * When the carrier's buffer plays what it was sent, and when its marks are due;
 * the audio itself is not kept.
 *
 * It plays in order, 8 bytes a millisecond, without a gap while it has audio. A
 * mark comes back when everything before it was played, at once when nothing is
 * buffered; `clear` drops what was not played and gives back every mark that
 * waits (Twilio docs, "Media Streams - WebSocket Messages"). Because the rate
 * is fixed, the schedule is known as soon as a piece arrives: the class needs
 * no timer and holds on any clock.
 *
 * Times passed in are milliseconds, and must not go backwards.
 */
export class PlaybackSchedule {
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

  isPlaying(atMs: number): boolean {
    return atMs < this.#endsAtMs;
  }

  /** Buffers so many bytes. Answers when the first of them is heard. */
  add(atMs: number, bytes: number): number {
    const startsAtMs = Math.max(atMs, this.#endsAtMs);
    this.#endsAtMs = startsAtMs + bytes / MU_LAW_BYTES_PER_MS;
    return startsAtMs;
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
    this.#endsAtMs = Math.min(this.#endsAtMs, atMs);
    const marks = this.#marks.map(({ name }) => name);
    this.#marks = [];
    return { marks, droppedMs };
  }
}
