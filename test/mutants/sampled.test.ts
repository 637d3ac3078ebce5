import { expect, test } from 'vitest';
import { mutantsOf } from '../support/mutants/chart-mutants.ts';
import { allCharts } from '../support/mutants/charts.ts';
import { EQUIVALENT, staleEntries } from '../support/mutants/equivalent-mutants.ts';
import { patience, runs, seed } from '../support/night.ts';
import { NOTICED_AT_LEAST_PERCENT, reportOf } from '../support/mutants/report.ts';
import { sampleOf } from '../support/mutants/sample.ts';
import { tryMutants } from '../support/mutants/trials.ts';

/** Two seconds each, in one process that holds what it has read; one that survives meets all quick tests, some seconds more. */
const SIZE = runs(8);
/** Of the chart that the walks of calls know nothing of. */
const OF_A_TOOL_CALL = 'toolCall.running on cancel: taken out';

const PATIENCE_MS = patience(600_000);

/** So many of a sample may survive by chance, where the share of all that do is as high as it may be. */
function mostSurvivors(size: number): number {
  const share = 1 - NOTICED_AT_LEAST_PERCENT / 100;
  return size * share + 2 * Math.sqrt(size * share * (1 - share));
}

test('the tests of the charts notice mutants of them', { timeout: PATIENCE_MS }, async () => {
  const mutants = (await allCharts(process.cwd())).flatMap(mutantsOf);
  expect(staleEntries(EQUIVALENT, mutants)).toEqual([]);
  const chosen = sampleOf(mutants, SIZE, seed);
  const names = [OF_A_TOOL_CALL, ...chosen.map(({ name }) => name)];
  const tried = await tryMutants(names, { processes: 1, isQuick: true });
  expect(tried.find(({ name }) => name === OF_A_TOOL_CALL)).toMatchObject({
    outcome: 'noticed',
    noticedBy: expect.stringContaining('tool call') as string,
  });
  const { counts, survivors, mistaken } = reportOf(chosen, tried, EQUIVALENT);
  process.stdout.write(`mutants, seed ${String(seed)}: ${String(counts.at(-1))}\n`);
  expect(mistaken).toEqual([]);
  expect(survivors.length, survivors.join('\n')).toBeLessThanOrEqual(mostSurvivors(SIZE));
});
