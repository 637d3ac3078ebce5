import { expect, test } from 'vitest';
import { chaosReport } from '../support/chaos/chaos-figures.ts';
import { runChaos } from '../support/chaos/chaos-run.ts';
import { temporaryFolder } from '../support/journal.ts';
import { seed } from '../support/night.ts';

/** It waits for three processes to start on a machine that may be busy; from then on, for half a minute at most. */
const PATIENCE = { timeout: 120_000 };

test(
  'calls go on in other workers when theirs are killed, with nothing lost, nothing done twice and no webhook refused',
  PATIENCE,
  async () => {
    const measures = await runChaos({
      ...{ workers: 2, calls: 5, kills: 3, seed },
      betweenMs: [1500, 2500],
      folder: temporaryFolder(),
    });
    const { table, broken } = chaosReport(measures);
    // How long a gap is says nothing on a machine that does other things.
    expect(
      broken.filter((promise) => !promise.includes('gap')),
      table.join('\n'),
    ).toEqual([]);
    expect(measures).toMatchObject({ kills: 3, endedCalls: 0 });
  },
);
