import type { Clock } from '../../clock.ts';
import type { ProbeStream } from './probe-stream.ts';
import type { SignedForm } from './signed-form.ts';

/** What a call does at the probe: a request of the carrier, or something on its stream. */
export type ProbeMoment =
  | 'voice'
  | 'action'
  | 'fallback'
  | 'hold'
  | 'completed'
  /** Nobody answered, or could. */
  | 'unanswered'
  | 'upgrade'
  | 'stream-started'
  | 'stream-stopped'
  | 'stream-error'
  | 'start'
  | 'stop'
  | 'close'
  | 'ping'
  | 'pong';

export interface ProbeEvent {
  readonly moment: ProbeMoment;
  /** By the steady clock. */
  readonly at: number;
  readonly form: Readonly<Record<string, string>>;
  /** Of a request: over which form of its URL it was signed. */
  readonly signedForm?: SignedForm | undefined;
}

/** How the probe answers one call. */
export interface ProbeScript {
  /** Refused, an upgrade is answered 503. */
  readonly refusesStream?: boolean;
  /** What the `action` is answered, by how often it was asked before. Undefined: 503. */
  readonly action?: (times: number) => string | undefined;
}

/** One call of the probe's: what came of it, in order. */
export class ProbeCall {
  readonly number: number;
  readonly script: ProbeScript;
  readonly events: ProbeEvent[] = [];
  stream: ProbeStream | undefined;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();

  constructor(number: number, script: ProbeScript, clock: Clock) {
    this.number = number;
    this.script = script;
    this.#clock = clock;
  }

  note(moment: ProbeMoment, more: Omit<ProbeEvent, 'moment' | 'at'> = { form: {} }): void {
    this.events.push({ moment, at: this.#clock.steady(), ...more });
    for (const look of this.#listeners) look();
  }

  all(moment: ProbeMoment): ProbeEvent[] {
    return this.events.filter((event) => event.moment === moment);
  }

  /** The first of these moments, as soon as there is one; undefined when there is none in time. */
  first(moments: readonly ProbeMoment[], withinMs: number): Promise<ProbeEvent | undefined> {
    const find = () => this.events.find(({ moment }) => moments.includes(moment));
    return new Promise((resolve) => {
      const settle = () => {
        this.#clock.clearTimeout(timer);
        this.#listeners.delete(look);
        resolve(find());
      };
      const look = () => {
        if (find() !== undefined) settle();
      };
      const timer = this.#clock.setTimeout(settle, withinMs);
      this.#listeners.add(look);
      look();
    });
  }
}
