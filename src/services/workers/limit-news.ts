/** What workers tell each other of what is counted for all of them: writes to the API, and whether the model serves. */

import { z } from 'zod';
import type { ModelNews } from '../admission/model-circuit.ts';
import { hearWorkers, tellWorkers, type WorkerNews } from './question.ts';
import type { Siblings } from './siblings.port.ts';

const MODEL_NEWS: WorkerNews<ModelNews> = {
  name: 'model.news',
  args: z.discriminatedUnion('of', [
    z.strictObject({ of: z.literal('served') }),
    z.strictObject({ of: z.literal('refused'), cause: z.string(), inARow: z.int() }),
    z.strictObject({ of: z.literal('tried') }),
  ]),
};

/** What a worker counts for a minute, by name. */
export interface OwnLimits<Name extends string> {
  readonly names: readonly Name[];
  onTaken(listener: (name: Name) => void): void;
  count(name: Name): void;
}

/** What a worker knows of the model. */
interface OwnCircuit {
  onNews(listener: (news: ModelNews) => void): void;
  learn(news: ModelNews): void;
}

/** What one worker lets through counts in all. Two that let the last one through in the same moment are not told apart. */
export function shareLimits<Name extends string>(siblings: Siblings, limits: OwnLimits<Name>): void {
  const taken = { name: 'limit.taken', args: z.strictObject({ limit: z.enum(limits.names) }) };
  limits.onTaken((limit) => {
    siblings.tellAll(taken.name, { limit });
  });
  hearWorkers(siblings, taken, ({ limit }) => {
    limits.count(limit);
  });
}

/** A model that refuses one worker refuses all of them, and one call a minute tries it for all. */
export function shareCircuit(siblings: Siblings, circuit: OwnCircuit): void {
  circuit.onNews((news) => {
    tellWorkers(siblings, MODEL_NEWS, news);
  });
  hearWorkers(siblings, MODEL_NEWS, (news) => {
    circuit.learn(news);
  });
}
