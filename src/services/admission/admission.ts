import type { Clock } from '../../clock.ts';
import { carriedNumberOf } from '../../protocol/carried-number.ts';
import type { RefusalCause } from '../../protocol/refusal-causes.ts';
import type { AdmissionTerms, DayCeilings, PlacingTerms } from '../storage/admission.port.ts';
import type { EngineDay } from './engine-day.ts';
import { limitTime } from './limit-clock.ts';
import { Lines } from './lines.ts';
import type { ModelCircuit } from './model-circuit.ts';
import type { RefusalTally } from './refusal-tally.ts';
import type { SpendingMeter } from './spending-meter.ts';

/** The limits of a caller. Null: no limit. */
export interface CallerLimits {
  /** Calls of one number at once, and within an hour. */
  readonly atOnce: number | null;
  readonly perHour: number | null;
}

export interface AdmissionParts {
  /** Calls in progress that this process can carry. */
  readonly lines: number;
  /** Other processes take calls, too: a caller's calls at once are counted in the journal as well. */
  readonly isOneOfMany: boolean;
  readonly callers: CallerLimits;
  readonly ceilings: DayCeilings;
  readonly placedPerDay: number | null;
  readonly circuit: Pick<ModelCircuit, 'admits'>;
  readonly day: EngineDay;
  readonly meter: Pick<SpendingMeter, 'write'>;
  readonly tally: Pick<RefusalTally, 'add'>;
  readonly clock: Clock;
}

/** A call that wants a line. */
export interface Arrival {
  readonly callSid: string;
  readonly direction: 'inbound' | 'outbound';
  /** As the carrier says them: E.164, or a word instead, or empty. */
  readonly from: string;
  readonly to: string;
  /** The agent that the engine placed the call for. */
  readonly agentId?: string;
  /** Who opens its stream. Of a page it is an operator, for whom the API's own limits hold. */
  readonly peer: 'carrier' | 'page';
}

/**
 * Callers who withhold their number cannot be told apart, so they are counted
 * together: as a quarter of the lines, which leaves the rest to everybody else
 * and does not let one of them keep out all others. One caller's hours for
 * each of those lines.
 */
const WITHHELD_SHARE = 4;
/** The name that they go by. */
const WITHHELD = '';

/**
 * Who may take a line: asked of every new call before it is accepted, and so
 * before a session of the model is opened for it.
 *
 * Lines and calls at once are counted here, because they end with the process;
 * hours and days in the journal, in the transaction that accepts the call. What
 * one caller has at once in several processes is counted there, too.
 */
export class Admission {
  readonly #parts: AdmissionParts;
  readonly #lines = new Lines();

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** Takes a line, to be left once; or says why there is none. A call that has one gets no second. */
  enter(call: Arrival): RefusalCause | undefined {
    const caller = callerOf(call);
    if (!this.#lines.has(call.callSid)) {
      if (this.#lines.taken >= this.#parts.lines) return 'full';
      if (caller !== undefined && this.#lines.takenBy(caller) >= this.#limitsOf(caller).atOnce) {
        return 'caller_at_once';
      }
      // Last: who may try is to get as far as the model. An operator at a page always is.
      if (call.peer === 'carrier' && !this.#parts.circuit.admits()) return 'model';
    }
    this.#lines.hold(call.callSid, caller);
    return undefined;
  }

  leave(callSid: string): void {
    this.#lines.letGo(callSid);
  }

  /** On what terms the journal accepts a call. Undefined for one that the engine placed: it was counted then. */
  termsOf(call: Arrival): AdmissionTerms | undefined {
    if (call.direction === 'outbound' && call.agentId !== undefined) return undefined;
    const caller = callerOf(call);
    return {
      ...this.#termsNow(),
      phone: call.peer === 'page' ? null : phoneOf(call),
      ...(caller !== undefined && { caller: this.#termsFor(caller) }),
    };
  }

  #termsFor(caller: string): NonNullable<AdmissionTerms['caller']> {
    const { atOnce, perHour } = this.#limitsOf(caller);
    if (caller === WITHHELD) return { phone: null, perHour };
    return { phone: caller, perHour, ...(this.#parts.isOneOfMany && { atOnce }) };
  }

  /** @param to - E.164. */
  termsOfPlacing(to: string): PlacingTerms {
    return { ...this.#termsNow(), phone: to, placedPerDay: this.#parts.placedPerDay };
  }

  refused(call: Arrival, cause: RefusalCause): void {
    this.#parts.tally.add(call.callSid, phoneOf(call), cause);
  }

  /** Ms until the ceilings are those of another day. */
  untilNextDay(): number {
    return this.#parts.day.leftOf(limitTime(this.#parts.clock));
  }

  #limitsOf(caller: string): { atOnce: number; perHour: number } {
    const { lines, callers } = this.#parts;
    const times = caller === WITHHELD ? Math.max(1, Math.floor(lines / WITHHELD_SHARE)) : 1;
    const atOnce = callers.atOnce ?? Number.MAX_SAFE_INTEGER;
    const perHour = callers.perHour ?? Number.MAX_SAFE_INTEGER;
    return {
      atOnce: caller === WITHHELD ? Math.max(atOnce, times) : atOnce,
      perHour: Math.min(Number.MAX_SAFE_INTEGER, perHour * times),
    };
  }

  #termsNow() {
    const { meter, day, ceilings, clock } = this.#parts;
    // What live calls have cost up to now counts, too.
    meter.write();
    const at = limitTime(clock);
    return { at, day: day.of(at), ceilings };
  }
}

/** The other party's number; null when it is withheld. */
const phoneOf = ({ direction, from, to }: Arrival): string | null =>
  carriedNumberOf(direction === 'inbound' ? from : to);

/** Who is counted for a call; undefined for nobody: an operator, or one who is called. */
function callerOf(call: Arrival): string | undefined {
  if (call.direction === 'outbound' || call.peer === 'page') return undefined;
  return phoneOf(call) ?? WITHHELD;
}
