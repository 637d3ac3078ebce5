import type { Clock } from '../../clock.ts';
import type { CarrierEvent } from './carrier-events.ts';

/**
 * Measures what a caller hears of a stream that is followed by another: the
 * silence from the agent's last sound before its end to the first after it.
 */
export class AgentGap {
  readonly #clock: Clock;
  #attachedAt = 0;
  /** When the agent was last heard; before that, when the first stream began. */
  #heardUntil: number | undefined;
  /** When the stream ended that no other has followed yet. */
  #leftAt: number | undefined;
  /** A stream has ended, and the agent was not heard since. */
  #isOpen = false;
  #streamlessMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Answers the gap that this event has ended. */
  take(event: CarrierEvent): Extract<CarrierEvent, { type: 'gap.ended' }> | undefined {
    if (event.type === 'stream.attached') {
      this.#attachedAt = this.#clock.steady();
      this.#heardUntil ??= this.#attachedAt;
      this.#streamlessMs += this.#attachedAt - (this.#leftAt ?? this.#attachedAt);
    } else if (event.type === 'stream.ended') {
      this.#leftAt = this.#attachedAt + event.atMs;
      this.#isOpen = true;
    } else if (event.type === 'agent.quiet') {
      this.#heardUntil = this.#attachedAt + event.atMs;
    } else if (event.type === 'agent.audible') {
      return this.#close(this.#attachedAt + event.atMs);
    } else if (event.type === 'dial.ended' || event.type === 'carrier.said') {
      // Somebody else was heard.
      this.#close(this.#clock.steady());
      this.#heardUntil = undefined;
    }
    return undefined;
  }

  #close(at: number): Extract<CarrierEvent, { type: 'gap.ended' }> | undefined {
    const [wasOpen, streamlessMs] = [this.#isOpen, Math.round(this.#streamlessMs)];
    this.#isOpen = false;
    this.#leftAt = undefined;
    this.#streamlessMs = 0;
    if (!wasOpen) return undefined;
    return { type: 'gap.ended', gapMs: Math.round(at - (this.#heardUntil ?? at)), streamlessMs };
  }
}
