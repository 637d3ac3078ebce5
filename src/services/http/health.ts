import { json } from './answer.ts';
import type { Desk } from '../desk/desk.ts';
import { RequestProblem } from './problems.ts';
import type { Handler } from './routes.ts';

/** What a scrape answers (services/telemetry/metrics.ts). */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

export interface HealthDeps {
  readonly desk: Desk;
  readonly journal: { readonly isHealthy: boolean };
  readonly metrics: () => Promise<Exposition>;
}

/** For load balancers and scrapers. Bodies are constant: nothing about version or load is told without a token. */
export function health({ desk, journal, metrics }: HealthDeps) {
  return {
    'GET /healthz': () => json(200, { status: 'ok' }),

    'GET /readyz': () => {
      if (desk.isDraining) throw new RequestProblem('UNAVAILABLE');
      if (!journal.isHealthy) throw new RequestProblem('STORAGE_UNAVAILABLE');
      return json(200, { status: 'ready' });
    },

    'GET /metrics': async () => {
      const { contentType, text } = await metrics();
      return { status: 200, type: contentType, text };
    },
  } satisfies Record<string, Handler>;
}
