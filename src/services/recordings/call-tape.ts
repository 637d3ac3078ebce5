import type { AudioPiece } from '../../media/audio-piece.ts';
import { decodeIntoRing } from '../../media/base64-bytes.ts';
import { decodedLength } from '../../media/base64-text.ts';
import { FRAME_BYTES, MU_LAW_BYTES_PER_MS, SILENCE } from '../../media/mu-law.ts';
import type { PhoneTape } from '../../media/phone-tape.ts';
import { AgentTrack } from './agent-track.ts';

/** What is written at once, in bytes of one side: two seconds. */
export const BLOCK_BYTES = 2000 * MU_LAW_BYTES_PER_MS;
/** A block leaves when the next one is full: by then the carrier has told what was played in it. */
const RING_BYTES = 2 * BLOCK_BYTES;
/** A stream's clock that is further than this from ours is set anew by ours. */
const MAX_APART_BYTES = 5000 * MU_LAW_BYTES_PER_MS;

/** Where the tape's audio goes: both sides by turns, the caller first. */
export interface TapeSink {
  write(audio: Uint8Array): void;
  /** So many bytes, both sides together, in which nothing is heard. */
  writeSilence(bytes: number): void;
  /** Silences `[from, to)` of the written audio; bytes, both sides together. */
  silence(from: number, to: number): void;
}

/** Bytes of one side in which nothing is heard. */
interface Pause {
  readonly from: number;
  to: number;
}

/**
 * Both sides of one call, put together at the pace of the caller's stream.
 *
 * The caller lies where the media clock says, the agent where it is played. A
 * frame is decoded into its place in a ring of four seconds; every two seconds
 * the older half leaves. Before it rolls, and after it has ended, it takes nothing.
 */
export class CallTape implements PhoneTape {
  readonly #nowMs: () => number;
  #sink: TapeSink | undefined;
  #ring = new Uint8Array(0);
  #agent = new AgentTrack();
  /** The time of its beginning, ms since the Unix epoch. */
  #beganAt = 0;
  /** Where the stream's media clock stood at 0; undefined until its first frame. */
  #base: number | undefined;
  /** Where the ring begins, and where the last frame ended. */
  #from = 0;
  #end = 0;
  /** Those that are not on the disk yet; the last one lasts while its end is not known. */
  #pauses: Pause[] = [];

  /** @param nowMs - the call's clock: places a stream on the tape, once. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Milliseconds on it. */
  get lengthMs(): number {
    return Math.floor(this.#length / MU_LAW_BYTES_PER_MS);
  }

  /**
   * From now on it takes what passes; its beginning is `beganAt`.
   * @param heldBytes - how much the sink has by then, both sides together: of a call that goes on.
   */
  roll(sink: TapeSink, beganAt: number, heldBytes = 0): void {
    this.#sink = sink;
    this.#beganAt = beganAt;
    // Blocks lie in the ring by their places.
    this.#from = BLOCK_BYTES * Math.ceil(heldBytes / 2 / BLOCK_BYTES);
    this.#end = this.#from;
    if (2 * this.#from > heldBytes) sink.writeSilence(2 * this.#from - heldBytes);
    this.#ring = new Uint8Array(RING_BYTES).fill(SILENCE);
  }

  /**
   * From now on nothing is heard on it; it goes on all the same, so that all that comes later lies at its time.
   * @param sinceMs - nor is what came since then, ms since the Unix epoch.
   * @returns how much of before that is, in ms.
   */
  pause(sinceMs = Number.POSITIVE_INFINITY): number {
    if (this.#sink === undefined) return 0;
    const since = Math.max(0, Math.round((sinceMs - this.#beganAt) * MU_LAW_BYTES_PER_MS));
    const from = Math.min(since, this.#end);
    if (from < this.#from) this.#sink.silence(2 * from, 2 * this.#from);
    if (!this.isPaused) this.#pauses.push({ from, to: Number.POSITIVE_INFINITY });
    else if (from < this.#end) this.#pauses.push({ from, to: this.#end });
    return Math.floor((this.#end - from) / MU_LAW_BYTES_PER_MS);
  }

  /** From now on what both sides say is on it again. */
  resume(): void {
    for (const pause of this.#pauses) pause.to = Math.min(pause.to, this.#end);
  }

  get isPaused(): boolean {
    return this.#pauses.some(({ to }) => to === Number.POSITIVE_INFINITY);
  }

  /** Gives out what it still holds, and takes nothing more. */
  end(): void {
    const length = this.#length;
    while (this.#from < length) this.#giveBlock(Math.min(BLOCK_BYTES, length - this.#from));
    this.stop();
  }

  /** Takes nothing more, and keeps nothing. */
  stop(): void {
    this.#sink = undefined;
    this.#ring = new Uint8Array(0);
    this.#agent = new AgentTrack();
    this.#pauses = [];
  }

  streamBegan(): void {
    this.#base = undefined;
  }

  callerFrame(text: Buffer, start: number, end: number, mediaMs: number): void {
    if (this.#sink === undefined) return;
    const bytes = decodedLength(text, start, end);
    const at = this.#placeOf(mediaMs, bytes);
    if (at + bytes > this.#from + RING_BYTES) this.#advanceTo(at + bytes);
    // What is older than the ring has left already.
    if (at >= this.#from)
      decodeIntoRing(text, start, end, { ring: this.#ring, at, count: Math.min(bytes, BLOCK_BYTES) });
    if (at + bytes > this.#end) this.#end = at + bytes;
  }

  agentSent(piece: AudioPiece, endsAt: number): void {
    if (this.#sink !== undefined) this.#agent.send(piece, endsAt, this.#end);
  }

  agentHeard(at: number): void {
    if (this.#sink !== undefined) this.#agent.prove(at, this.#end, this.#from);
  }

  agentCut(at: number): void {
    if (this.#sink !== undefined) this.#agent.cut(at);
  }

  /** What the agent was not heard to say by the end is no part of it. */
  get #length(): number {
    return this.#end;
  }

  #placeOf(mediaMs: number, bytes: number): number {
    const media = Math.round(mediaMs * MU_LAW_BYTES_PER_MS);
    const base = this.#base;
    const at = base === undefined ? undefined : base + media;
    // A frame that follows the last one costs no look at the clock.
    if (at !== undefined && Math.abs(at - this.#end) <= FRAME_BYTES) return at;
    const byClock = Math.max(0, Math.round((this.#nowMs() - this.#beganAt) * MU_LAW_BYTES_PER_MS) - bytes);
    if (at !== undefined && Math.abs(at - byClock) <= MAX_APART_BYTES) return at;
    this.#base = Math.max(byClock, this.#end) - media;
    return this.#base + media;
  }

  #advanceTo(end: number): void {
    while (end > this.#from + RING_BYTES) {
      if (this.#end <= this.#from && this.#agent.isEmpty) {
        // A long silence is not written block by block.
        const blocks = Math.ceil((end - RING_BYTES - this.#from) / BLOCK_BYTES);
        this.#sink?.writeSilence(2 * blocks * BLOCK_BYTES);
        this.#from += blocks * BLOCK_BYTES;
        this.#end = Math.max(this.#end, this.#from);
      } else this.#giveBlock(BLOCK_BYTES);
    }
  }

  #giveBlock(bytes: number): void {
    const start = this.#from % RING_BYTES;
    const caller = this.#ring.subarray(start, start + bytes);
    const agent = new Uint8Array(bytes).fill(SILENCE);
    this.#agent.take(this.#from, this.#from + bytes, agent);
    for (const { from, to } of this.#pauses) {
      const [first, last] = [from, to].map((at) => Math.min(bytes, Math.max(0, at - this.#from)));
      caller.fill(SILENCE, first, last);
      agent.fill(SILENCE, first, last);
    }
    this.#pauses = this.#pauses.filter(({ to }) => to > this.#from + bytes);
    this.#sink?.write(byTurns(caller, agent));
    caller.fill(SILENCE);
    this.#from += bytes;
  }
}

/** A sample of the one, a sample of the other. */
function byTurns(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = Buffer.allocUnsafe(2 * left.length);
  for (let i = 0, at = 0; i < left.length; i++) {
    both[at++] = left[i] ?? SILENCE;
    both[at++] = right[i] ?? SILENCE;
  }
  return both;
}
