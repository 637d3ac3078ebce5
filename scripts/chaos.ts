/**
 * Kills workers of an engine under live calls, by chance, and says what became of the calls: `npm run chaos`. The engine is
 * the one that was built. `--kills N`, `--calls N` at a time, `--workers N`, `--seed N` for the same chance again, `--between
 * MIN,MAX` ms from one kill to the next. Exits with 1 when a promise is broken.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chaosReport } from '../test/support/chaos/chaos-figures.ts';
import { runChaos } from '../test/support/chaos/chaos-run.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    calls: { type: 'string', default: '20' },
    workers: { type: 'string', default: '2' },
    seed: { type: 'string', default: '20261125' },
    between: { type: 'string', default: '5000,10000' },
  },
});

const print = (line: string) => process.stdout.write(`${line}\n`);
const [least = 0, most = least] = values.between.split(',').map(Number);
const folder = mkdtempSync(join(tmpdir(), 'callchart-chaos-'));
try {
  const measures = await runChaos({
    workers: Number(values.workers),
    calls: Number(values.calls),
    kills: Number(values.kills),
    seed: Number(values.seed),
    betweenMs: [least, most],
    folder,
    program: ['dist/cli/main.js'],
    tell: (line) => {
      process.stderr.write(`${line}\n`);
    },
  });
  const { table, broken } = chaosReport(measures);
  for (const line of ['', `seed ${values.seed}`, ...table, ...broken.map((promise) => `BROKEN: ${promise}`)])
    print(line);
  process.exitCode = broken.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
