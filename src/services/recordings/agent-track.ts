import { type AudioPiece, HEAD_ROOM } from '../../media/audio-piece.ts';

/** A piece on its way to the ear, or past it. Bytes are of mu-law, one a sample. */
interface Stretch {
  readonly piece: AudioPiece;
  /** Where it ends, by the playback ledger. */
  endsAt: number;
  /** Where it begins on the tape. */
  from: number;
  /** How much of it is played. */
  bytes: number;
}

/** Marks are told between two frames: half a frame more or less is no news. */
const TOLERANCE = 160;

/**
 * What the agent says, laid on the tape where it is played, not where it is
 * sent: the carrier plays one piece after the other, and one that is sent into
 * silence as soon as it comes. How long that takes, the marks tell: a mark
 * that returns was reached just then by the stream's own clock, so what lies
 * between it and the mark before is moved to end there.
 */
export class AgentTrack {
  #stretches: Stretch[] = [];
  /** Up to here, by the ledger, places are known for certain. */
  #provedAt = 0;
  /** Where the last stretch ends on the tape. */
  #end = 0;
  /** From a piece being sent until it is played, as it was last; bytes. */
  #delay = 0;

  /** Where the last of it ends on the tape. */
  get end(): number {
    return this.#end;
  }

  get isEmpty(): boolean {
    return this.#stretches.length === 0;
  }

  /** A piece was sent when the tape stood at `now`. */
  send(piece: AudioPiece, endsAt: number, now: number): void {
    const bytes = piece.bytes + piece.padding;
    const from = Math.max(this.#end, now + this.#delay);
    this.#stretches.push({ piece, endsAt, from, bytes });
    this.#end = from + bytes;
  }

  /** Position `at` of the ledger was reached when the tape stood at `now`. What was taken from the tape stays where it was. */
  prove(at: number, now: number, takenTo: number): void {
    if (at <= this.#provedAt) return;
    const first = this.#stretches.findIndex(({ endsAt }) => endsAt > this.#provedAt);
    const marked = this.#stretches.find(({ endsAt }) => endsAt === at);
    this.#provedAt = at;
    if (first === -1 || marked === undefined) return;
    const late = now - (marked.from + marked.bytes);
    if (Math.abs(late) < TOLERANCE) return;
    const before = this.#stretches[first - 1];
    const start = this.#stretches[first];
    if (start === undefined) return;
    const isRunStart = before === undefined || start.from > before.from + before.bytes;
    if (isRunStart) this.#delay = Math.max(0, this.#delay + late);
    const earliest = Math.max(takenTo, before === undefined ? 0 : before.from + before.bytes);
    // A stretch that is on the tape in part is not torn: what follows it moves.
    for (const stretch of this.#stretches.slice(first)) {
      if (stretch.from >= takenTo) stretch.from = Math.max(earliest, stretch.from + late);
    }
    this.#settle();
  }

  /** The carrier plays nothing beyond position `at`. */
  cut(at: number): void {
    for (const stretch of this.#stretches) {
      if (stretch.endsAt <= at) continue;
      stretch.bytes = Math.max(0, stretch.bytes - (stretch.endsAt - at));
      stretch.endsAt = at;
    }
    this.#stretches = this.#stretches.filter(({ bytes }) => bytes > 0);
    this.#provedAt = Math.max(this.#provedAt, at);
    const last = this.#stretches.at(-1);
    if (last !== undefined) this.#end = last.from + last.bytes;
  }

  /** Writes what is played in `[from, to)` to `side`, and forgets what lies before `to`. */
  take(from: number, to: number, side: Uint8Array): void {
    for (const stretch of this.#stretches) {
      if (stretch.from >= to) break;
      const { buffer, end } = stretch.piece;
      const audio = Buffer.from(buffer.toString('latin1', HEAD_ROOM, end), 'base64');
      const [first, last] = [Math.max(from, stretch.from), Math.min(to, stretch.from + stretch.bytes)];
      if (last > first) side.set(audio.subarray(first - stretch.from, last - stretch.from), first - from);
    }
    this.#stretches = this.#stretches.filter((stretch) => stretch.from + stretch.bytes > to);
  }

  /** After a move: no stretch begins before the one before it has ended. */
  #settle(): void {
    let end = 0;
    for (const stretch of this.#stretches) {
      stretch.from = Math.max(stretch.from, end);
      end = stretch.from + stretch.bytes;
    }
    this.#end = end;
  }
}
