/** Calls that one worker has given away: the others wait for them until somebody has one, or it is lost. */

import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { noteOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { hearWorkers, tellWorkers } from './question.ts';
import type { Siblings } from './siblings.port.ts';

const HANDED_OVER = { name: 'call.handedOver', args: z.strictObject({ callSid: z.string() }) };

/** To be told when the journal has the whole of the call. */
export function tellHandedOver(siblings: Siblings, callSid: string): void {
  tellWorkers(siblings, HANDED_OVER, { callSid });
}

export interface HandedOverCallsParts {
  readonly siblings: Siblings;
  /** Called at once. What it rejects with is noted. */
  readonly onHandedOver: (callSid: string) => Promise<void>;
  /** How long after that a call may come back, in ms. */
  readonly comesBackWithinMs: number;
  /** Its time is over, whether somebody has it or not. */
  readonly forget: (callSid: string) => void;
  /** Ends a call that did not: as lost, unless it has ended meanwhile. */
  readonly giveUp: (callSid: string) => Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Waits for calls that another worker has given away. The carrier asks what comes next of each, and whoever is asked
 * brings it back; one that nobody was asked for in time has ended as `lost`. Every worker that goes on waits, so that one
 * that ends meanwhile leaves none open.
 */
export class HandedOverCalls {
  readonly #parts: HandedOverCallsParts;
  readonly #timers = new Set<unknown>();

  constructor(parts: HandedOverCallsParts) {
    this.#parts = parts;
    hearWorkers(parts.siblings, HANDED_OVER, ({ callSid }) => {
      void this.#see(callSid);
      const timer = parts.clock.setTimeout(() => {
        this.#timers.delete(timer);
        void this.#giveUp(callSid);
      }, parts.comesBackWithinMs);
      this.#timers.add(timer);
    });
  }

  close(): void {
    for (const timer of this.#timers) this.#parts.clock.clearTimeout(timer);
    this.#timers.clear();
  }

  async #see(callSid: string): Promise<void> {
    const { onHandedOver, log } = this.#parts;
    try {
      await onHandedOver(callSid);
    } catch (thrown) {
      log.warn(
        { callSid, error: noteOf(thrown, 'STORAGE_UNAVAILABLE') },
        'state of a handed-over call not known',
      );
    }
  }

  async #giveUp(callSid: string): Promise<void> {
    const { siblings, giveUp, forget, log } = this.#parts;
    try {
      if ((await siblings.ownerOf(callSid)) === undefined) await giveUp(callSid);
    } catch (thrown) {
      log.error({ callSid, error: noteOf(thrown, 'STORAGE_UNAVAILABLE') }, 'end of the call not stored');
    }
    forget(callSid);
  }
}
