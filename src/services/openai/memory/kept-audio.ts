import type { Clock } from '../../../clock.ts';
import type { CallerAudioSink } from '../../../media/audio-line.ts';
import { decodedLength } from '../../../media/base64-text.ts';
import { MU_LAW_BYTES_PER_MS } from '../../../media/mu-law.ts';

/** Older speech would be answered long after it was said. */
const KEPT_MS = 2000;
/** Frames are late by less than this; what is older was kept through a pause of the line. */
const LATE_MS = 500;

interface KeptFrame {
  readonly text: Buffer;
  readonly ms: number;
  readonly at: number;
}

/**
 * The last of the caller's audio: two seconds, while no session can take it.
 * Costs a copy and a look at the clock for each frame: never on the way of audio that flows.
 */
export class KeptAudio implements CallerAudioSink {
  readonly #clock: Clock;
  readonly #keptMs: number;
  #frames: KeptFrame[] = [];
  #ms = 0;

  /** @param keptMs - how much is kept, in ms. */
  constructor(clock: Clock, keptMs = KEPT_MS) {
    this.#clock = clock;
    this.#keptMs = keptMs;
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0;
  }

  callerAudio(text: Buffer, start: number, end: number): void {
    this.keep(text, start, end);
  }

  /** Keeps a copy: the line lends its buffer for this tick only. Answers how many ms of older audio went. */
  keep(text: Buffer, start: number, end: number): number {
    const ms = decodedLength(text, start, end) / MU_LAW_BYTES_PER_MS;
    this.#frames.push({ text: Buffer.from(text.subarray(start, end)), ms, at: this.#clock.steady() });
    this.#ms += ms;
    let dropped = 0;
    while (this.#ms > this.#keptMs) {
      const oldest = this.#frames.shift();
      if (oldest === undefined) break;
      this.#ms -= oldest.ms;
      dropped += oldest.ms;
    }
    return dropped;
  }

  /** What another one has kept was before all that is kept here. That one forgets it. */
  follow(earlier: KeptAudio): void {
    this.#frames = [...earlier.#frames, ...this.#frames];
    this.#ms += earlier.#ms;
    earlier.#frames = [];
    earlier.#ms = 0;
  }

  /** Gives what is kept and still new, in order, and forgets it. */
  take(): readonly Buffer[] {
    const from = this.#clock.steady() - KEPT_MS - LATE_MS;
    const frames = this.#frames.filter(({ at }) => at >= from);
    this.#frames = [];
    this.#ms = 0;
    return frames.map(({ text }) => text);
  }
}
