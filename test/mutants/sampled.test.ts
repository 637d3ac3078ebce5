import { expect, test } from 'vitest';
import { mutantsOf } from '../support/mutants/chart-mutants.ts';
import { allCharts } from '../support/mutants/charts.ts';
import { EQUIVALENT } from '../support/mutants/equivalent-mutants.ts';
import { NOTICED_AT_LEAST_PERCENT, reportOf } from '../support/mutants/report.ts';
import { sampleOf } from '../support/mutants/sample.ts';
import { tryMutants } from '../support/mutants/trials.ts';

const { SEED = '20261125' } = process.env;

/** One that survives meets all tests of the charts: so few that this takes a minute. */
const SIZE = 7;

const PATIENCE_MS = 900_000;

/** So many of a sample may survive by chance, where the share of all that do is as high as it may be. */
function mostSurvivors(size: number): number {
  const share = 1 - NOTICED_AT_LEAST_PERCENT / 100;
  return size * share + 2 * Math.sqrt(size * share * (1 - share));
}

test('the tests of the charts notice mutants of them', { timeout: PATIENCE_MS }, async () => {
  const mutants = (await allCharts(process.cwd())).flatMap(mutantsOf);
  const chosen = sampleOf(mutants, SIZE, Number(SEED));
  const tried = await tryMutants(
    chosen.map(({ name }) => name),
    { processes: 1 },
  );
  const { counts, survivors, mistaken } = reportOf(chosen, tried, EQUIVALENT);
  process.stdout.write(`mutants, seed ${SEED}: ${String(counts.at(-1))}\n`);
  expect(mistaken).toEqual([]);
  expect(survivors.length, survivors.join('\n')).toBeLessThanOrEqual(mostSurvivors(SIZE));
});

test('a mutant is met by the tests of its chart', { timeout: PATIENCE_MS }, async () => {
  const [mutant] = await tryMutants(['toolCall.running on cancel: taken out']);
  expect(mutant).toMatchObject({
    outcome: 'noticed',
    noticedBy: expect.stringContaining('tool call') as string,
  });
});
