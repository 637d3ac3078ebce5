import { JOURNAL_TROUBLES } from '../../protocol/journal-troubles.ts';
import { REFUSAL_CAUSES } from '../../protocol/refusal-causes.ts';
import { json } from './answer.ts';
import type { Desk } from '../desk/desk.ts';
import type { DiskTrial } from './disk-trial.ts';
import { RequestProblem } from './problems.ts';
import type { Handler } from './routes.ts';

/** What a scrape answers (services/telemetry/metrics.ts). */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

export interface HealthDeps {
  readonly desk: Desk;
  readonly disk: Pick<DiskTrial, 'trouble'>;
  readonly circuit: { readonly isOpen: boolean };
  readonly metrics: () => Promise<Exposition>;
}

/** Whoever mends it sees by that when it is over. */
const CIRCUIT_OPEN = `${REFUSAL_CAUSES.model}; one call a minute tries whether it still does`;

/** For load balancers and scrapers. Bodies are of a closed list: nothing about version, load or paths is told without a token. */
export function health({ desk, disk, circuit, metrics }: HealthDeps) {
  return {
    'GET /healthz': () => json(200, { status: 'ok' }),

    'GET /readyz': async () => {
      if (desk.isDraining) throw new RequestProblem('UNAVAILABLE');
      const trouble = await disk.trouble();
      if (trouble !== undefined)
        throw new RequestProblem('STORAGE_UNAVAILABLE', { detail: JOURNAL_TROUBLES[trouble] });
      if (circuit.isOpen) throw new RequestProblem('UNAVAILABLE', { detail: CIRCUIT_OPEN });
      return json(200, { status: 'ready' });
    },

    'GET /metrics': async () => {
      const { contentType, text } = await metrics();
      return { status: 200, type: contentType, text };
    },
  } satisfies Record<string, Handler>;
}
