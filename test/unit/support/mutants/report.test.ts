import { createMachine } from 'xstate';
import { describe, expect, test } from 'vitest';
import { mutantsOf } from '../../../support/mutants/chart-mutants.ts';
import { EQUIVALENT, staleEntries } from '../../../support/mutants/equivalent-mutants.ts';
import { allCharts } from '../../../support/mutants/charts.ts';
import { reportOf } from '../../../support/mutants/report.ts';
import { sampleOf } from '../../../support/mutants/sample.ts';

const mutants = mutantsOf(
  createMachine({ id: 'm', initial: 'a', states: { a: { on: { go: 'b' } }, b: {} } }),
);
const [first, takenOut, nowhere, elsewhere] = mutants.map(({ name }) => name);
const listed = [{ name: elsewhere ?? '', reason: 'there are two states' }];

describe('a report on mutants', () => {
  test('a report on mutants counts those that were noticed, by kind, without those that cannot matter', () => {
    const report = reportOf(
      mutants,
      [
        { name: first, outcome: 'noticed', noticedBy: 'a test' },
        { name: takenOut, outcome: 'survived', noticedBy: undefined },
        { name: nowhere, outcome: 'late', noticedBy: undefined },
        { name: elsewhere, outcome: 'survived', noticedBy: undefined },
      ],
      listed,
    );
    expect(report.counts).toEqual([
      'transition: 0 of 1 noticed, 0.0 %',
      'target: 0 of 1 noticed, 0.0 %',
      'first state: 1 of 1 noticed, 100.0 %',
      'all: 1 of 3 noticed, 33.3 %',
    ]);
    expect(report.survivors).toEqual(['survived: m.a on go: taken out', 'late: m.a on go: leads nowhere']);
    expect(report.mistaken).toEqual([]);
  });

  test('a report on mutants tells a mutant that is listed as one that cannot matter, and was noticed', () => {
    const tried = [{ name: elsewhere, outcome: 'noticed', noticedBy: 'a test' }] as const;
    expect(reportOf(mutants, tried, listed).mistaken).toEqual([
      'noticed, though it is listed: m.a on go: leads to m.a, not to m.b (by a test)',
    ]);
  });
});

describe('the list of mutants that cannot matter', () => {
  test('the list of mutants that cannot matter names none that no chart has', async () => {
    const all = (await allCharts(process.cwd())).flatMap(mutantsOf);
    expect(staleEntries(EQUIVALENT, all)).toEqual([]);
    expect(staleEntries([{ name: 'm.z on go: taken out', reason: '' }], all)).toEqual([
      'no chart has this mutant: m.z on go: taken out',
    ]);
  });
});

test('a sample is the same for the same seed, and has no mutant twice', () => {
  const sample = sampleOf(mutants, 3, 7);
  expect(sampleOf(mutants, 3, 7)).toEqual(sample);
  expect(new Set(sample).size).toBe(3);
  const others = Array.from({ length: 20 }, (_, seed) =>
    sampleOf(mutants, 3, seed)
      .map(({ name }) => name)
      .join(),
  );
  expect(new Set(others).size).toBeGreaterThan(1);
});
