import type { CarrierEvent } from '../simulator/carrier/carrier-events.ts';
import type { Latencies } from './latencies.ts';

/** Measures on the line itself how long the caller has to wait for the agent's voice: for engines that do not tell. */
export class LatencyMeter {
  #greetingMs: number | undefined;
  #callerQuietAtMs: number | undefined;
  readonly #answersMs: number[] = [];

  take(event: CarrierEvent): void {
    // The next stream has a time of its own.
    if (event.type === 'caller.audible' || event.type === 'stream.ended') this.#callerQuietAtMs = undefined;
    if (event.type === 'caller.quiet') this.#callerQuietAtMs = event.atMs;
    if (event.type !== 'agent.audible') return;
    this.#greetingMs ??= Math.round(event.atMs);
    if (this.#callerQuietAtMs === undefined) return;
    this.#answersMs.push(Math.round(event.atMs - this.#callerQuietAtMs));
    this.#callerQuietAtMs = undefined;
  }

  get latencies(): Latencies {
    return { countedBy: 'line', greetingMs: this.#greetingMs, answersMs: this.#answersMs, answers: [] };
  }
}
