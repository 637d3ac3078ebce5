/** A telephone line carries 50 frames a second; twice that is room to catch up. */
const MESSAGES_PER_SECOND = 100;
/** A line that stalled for 30 s brings what it missed at once, and is a line all the same. */
const BURST = 1500;
/** Bytes that one message may have; a longer one counts as several. A frame of 20 ms has some 400. */
const MESSAGE_BYTES = 1024;
/** Audio that a line may be ahead of the time that passed: what the carrier gathered before it was connected. */
const BACKLOG_MS = 2000;
/** What is dropped at most, in messages, before the stream is no line any more. */
const MAX_DROPPED = 1000;
/** Losses that time makes good: a line that stutters now and then is none that floods. */
const FORGIVEN_PER_SECOND = 10;

/**
 * What a telephone line can carry, held against what a stream brings. Whoever
 * holds a token could send hours of audio in seconds, and the model would be
 * paid for each of them; or marks and digits until nobody else is served.
 *
 * Audio never passes faster than time does, but for a backlog: its length is held
 * against the clock, not its timestamps, which are whatever the far end writes.
 * The clock is asked only when an allowance is used up, every two seconds of a
 * call, not with every frame.
 */
export class LineRate {
  readonly #steady: () => number;
  readonly #startedAt: number;
  /** Of audio, in ms. */
  #passedMs = 0;
  #allowedMs = BACKLOG_MS;
  /** Messages that may come before the clock is asked. */
  #tokens = BURST;
  #refilledAt: number;
  #dropped = 0;
  #droppedAt: number;

  /** @param steady - milliseconds of a clock that never jumps. */
  constructor(steady: () => number) {
    this.#steady = steady;
    this.#startedAt = steady();
    this.#refilledAt = this.#startedAt;
    this.#droppedAt = this.#startedAt;
  }

  /** True once so much was dropped that nobody is on the line. */
  get isFlooded(): boolean {
    return this.#dropped > MAX_DROPPED;
  }

  /** A message of any kind came. False: it is one too many, and is dropped unread. */
  takesMessage(bytes: number): boolean {
    const weight = bytes <= MESSAGE_BYTES ? 1 : Math.ceil(bytes / MESSAGE_BYTES);
    if (this.#tokens < weight) this.#refill();
    if (this.#tokens < weight) return this.#drop(weight);
    this.#tokens -= weight;
    return true;
  }

  /** Audio came that plays so long. False: the line is ahead of time, and it is dropped. */
  takesAudio(ms: number): boolean {
    if (this.#passedMs + ms > this.#allowedMs) {
      this.#allowedMs = this.#steady() - this.#startedAt + BACKLOG_MS;
      if (this.#passedMs + ms > this.#allowedMs) return this.#drop(1);
    }
    this.#passedMs += ms;
    return true;
  }

  #refill(): void {
    const now = this.#steady();
    const earned = ((now - this.#refilledAt) * MESSAGES_PER_SECOND) / 1000;
    this.#tokens = Math.min(BURST, this.#tokens + earned);
    this.#refilledAt = now;
  }

  #drop(weight: number): false {
    const now = this.#steady();
    const forgiven = ((now - this.#droppedAt) * FORGIVEN_PER_SECOND) / 1000;
    this.#dropped = Math.max(0, this.#dropped - forgiven) + weight;
    this.#droppedAt = now;
    return false;
  }
}
