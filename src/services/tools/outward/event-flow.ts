import { Transform, type TransformCallback } from 'node:stream';
import type { Clock } from '../../../clock.ts';

/** One event of a server, as one answer of it. */
const MAX_EVENT_BYTES = 4_194_304;
/** What a server may say unasked: news of its tools are some hundred bytes a day. */
const BYTES_A_SECOND = 16_384;
const BURST_BYTES = 262_144;

const LINE_END = 0x0a;
const RETURN = 0x0d;

/**
 * Passes a stream of server-sent events on, as fast as is reasonable and no
 * faster: a server that says more waits, since nothing is read meanwhile. Fails
 * at an event that is too long; its reader would keep it until it ends.
 */
export class EventFlow extends Transform {
  readonly #clock: Clock;
  /** Since the last empty line. */
  #eventBytes = 0;
  /** Line ends in a row; a carriage return belongs to the one beside it. */
  #lineEnds = 0;
  #spare = BURST_BYTES;
  #at: number;
  #timer: unknown;

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
    this.#at = clock.now();
  }

  override _transform(part: Buffer, _encoding: BufferEncoding, pass: TransformCallback): void {
    if (!this.#isShort(part)) {
      pass(new Error('an event is too long'));
      return;
    }
    const now = this.#clock.now();
    const gained = (Math.max(0, now - this.#at) * BYTES_A_SECOND) / 1000;
    this.#spare = Math.min(BURST_BYTES, this.#spare + gained) - part.length;
    this.#at = now;
    if (this.#spare >= 0) {
      pass(null, part);
      return;
    }
    this.#timer = this.#clock.setTimeout(
      () => {
        pass(null, part);
      },
      (-this.#spare * 1000) / BYTES_A_SECOND,
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#clock.clearTimeout(this.#timer);
    done(error);
  }

  #isShort(part: Buffer): boolean {
    for (const byte of part) {
      this.#eventBytes += 1;
      if (byte === LINE_END) this.#lineEnds += 1;
      else if (byte !== RETURN) this.#lineEnds = 0;
      if (this.#lineEnds > 1) this.#eventBytes = 0;
      if (this.#eventBytes > MAX_EVENT_BYTES) return false;
    }
    return true;
  }
}
