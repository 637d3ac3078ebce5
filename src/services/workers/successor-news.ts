/** Which of the other workers take calls: asked by one that is to end, and answered by those that go on. */

import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { hearWorkers, tellWorkers } from './question.ts';
import type { Siblings } from './siblings.port.ts';

const WHO_GOES_ON = { name: 'worker.whoGoesOn', args: z.null() };
const GOES_ON = { name: 'worker.goesOn', args: z.null() };

/** How long an answer holds, in ms: it is asked for every second. */
const HOLDS_MS = 3000;

export interface SiblingSuccessorsParts {
  readonly siblings: Siblings;
  /** This one does not go on. */
  readonly isDraining: () => boolean;
  readonly clock: Pick<Clock, 'steady'>;
}

/** The workers that go on with the calls of one that is to end. One that is to end itself is none. */
export class SiblingSuccessors {
  readonly #parts: SiblingSuccessorsParts;
  /** When each was heard of, by the steady clock, in the order in which they answered. */
  readonly #heardAt = new Map<number, number>();

  constructor(parts: SiblingSuccessorsParts) {
    this.#parts = parts;
    const { siblings, isDraining, clock } = parts;
    hearWorkers(siblings, WHO_GOES_ON, () => {
      if (!isDraining()) tellWorkers(siblings, GOES_ON, null);
    });
    hearWorkers(siblings, GOES_ON, (_args, from) => {
      this.#heardAt.delete(from);
      this.#heardAt.set(from, clock.steady());
    });
  }

  look(): void {
    tellWorkers(this.#parts.siblings, WHO_GOES_ON, null);
  }

  get areThere(): boolean {
    return this.one !== undefined;
  }

  /** One of them, by its number. */
  get one(): number | undefined {
    const since = this.#parts.clock.steady() - HOLDS_MS;
    const known = [...this.#heardAt].filter(([, at]) => at > since);
    return known.at(-1)?.[0];
  }
}
