import type { Clock } from '../../clock.ts';
import type { CallEvent } from '../../machines/call/call.events.ts';
import type { CallInProgress, CallRegistry } from './call-registry.ts';

/** The processes that take calls when this one does not any more. */
export interface Successors {
  /** Asks who is there. Their answers come later, and hold for some seconds. */
  look(): void;
  /** Somebody is. */
  readonly areThere: boolean;
}

export interface HandingOverParts {
  readonly registry: Pick<CallRegistry, 'all'>;
  readonly successors: Successors;
  readonly clock: Clock;
}

const HAND_OVER: CallEvent = { type: 'handOver.requested' };

/** How often calls are looked at, in ms. One is handed over at a time: 20 a second, so that the others can follow. */
const LOOK_EVERY_MS = 50;
const ASK_EVERY_MS = 1000;
/**
 * How long the two are silent before a call is handed over, in ms: who has just been asked something answers sooner than
 * that, and would speak to nobody. Words that are still being written down have come by then, too.
 */
const QUIET_FOR_MS = 1000;
/** The same when half of the time has passed: a pause for breath will do. */
const PAUSE_FOR_MS = 200;

/**
 * Gives the calls of a process that is to end to those that go on: each in a moment in which nobody speaks and nothing is
 * under way, so that its log has all of it. What has no such moment stays, and so does everything when nobody is there
 * to go on with it.
 */
export class HandingOver {
  readonly #parts: HandingOverParts;
  /** Since when each call is quiet, by its SID. */
  readonly #quietSince = new Map<string, number>();
  #timer: unknown;

  constructor(parts: HandingOverParts) {
    this.#parts = parts;
  }

  begin(withinMs: number): void {
    const { successors, clock } = this.#parts;
    const beganAt = clock.steady();
    let askedAt = -Infinity;
    const look = () => {
      const now = clock.steady();
      if (now - askedAt >= ASK_EVERY_MS) {
        askedAt = now;
        successors.look();
      }
      this.#look(now, now - beganAt < withinMs / 2 ? QUIET_FOR_MS : PAUSE_FOR_MS);
      this.#timer = clock.setTimeout(look, LOOK_EVERY_MS);
    };
    look();
  }

  stop(): void {
    this.#parts.clock.clearTimeout(this.#timer);
  }

  #look(now: number, quietForMs: number): void {
    const { registry, successors } = this.#parts;
    const quiet = registry.all().filter(isQuiet);
    const before = new Map(this.#quietSince);
    this.#quietSince.clear();
    for (const { facts } of quiet) this.#quietSince.set(facts.callSid, before.get(facts.callSid) ?? now);
    if (!successors.areThere) return;
    const ripe = quiet.find(({ facts }) => now - (this.#quietSince.get(facts.callSid) ?? now) >= quietForMs);
    ripe?.running.tell(HAND_OVER);
  }
}

/** A page does not ask what comes after its stream: nobody could go on with its call. */
const isQuiet = ({ peer, running }: CallInProgress) => peer === 'carrier' && running.takes(HAND_OVER);
