/**
 * Takes each transition, branch, guard, action, target and delay of the charts out, or turns it, one at a time, and says
 * which of these mutants the tests of the charts do not notice. `--only PATTERN` tries those whose names match,
 * `--sample N` so many of them, `--seed N` others. `--list` only names them, `--verbose` names the tests that notice them.
 */
import { parseArgs } from 'node:util';
import { mutantsOf } from '../test/support/mutants/chart-mutants.ts';
import { allCharts } from '../test/support/mutants/charts.ts';
import { EQUIVALENT, staleEntries } from '../test/support/mutants/equivalent-mutants.ts';
import { NOTICED_AT_LEAST_PERCENT, reportOf } from '../test/support/mutants/report.ts';
import { sampleOf } from '../test/support/mutants/sample.ts';
import { tryMutants } from '../test/support/mutants/trials.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '20261125' },
    list: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

const print = (line: string) => process.stdout.write(`${line}\n`);

const all = (await allCharts(process.cwd())).flatMap(mutantsOf);
const matching = all.filter(({ name }) => new RegExp(values.only).test(name));
const chosen =
  values.sample === undefined ? matching : sampleOf(matching, Number(values.sample), Number(values.seed));
if (values.list) {
  for (const { name } of chosen) print(name);
  process.exit();
}
print(`${String(chosen.length)} of ${String(all.length)} mutants, seed ${values.seed}`);

const [real] = await tryMutants([undefined]);
if (real?.outcome !== 'survived') {
  print(`the tests of the charts fail without a mutant: ${String(real?.noticedBy)}`);
  process.exit(1);
}
const names = chosen.map(({ name }) => name);
let done = 0;
const tried = await tryMutants(names, {
  onTried: ({ name, outcome, noticedBy = '' }) => {
    done += 1;
    const line = `${String(done)}/${String(names.length)} ${outcome}: ${String(name)}`;
    if (values.verbose) print(`${line} ${noticedBy && `(${noticedBy})`}`);
    else if (outcome !== 'noticed') print(line);
  },
});

const { survivors, mistaken, counts, noticedPercent } = reportOf(chosen, tried, EQUIVALENT);
const mistakes = [...staleEntries(EQUIVALENT, all), ...mistaken];
print('');
for (const line of [...survivors, ...mistakes, '', ...counts]) print(line);
process.exitCode = mistakes.length > 0 || noticedPercent < NOTICED_AT_LEAST_PERCENT ? 1 : 0;
