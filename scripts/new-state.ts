/**
 * Begins a new state of the call's floor: `npm run new:state NAME`, or `npm run new:state -- NAME --under conversing`.
 * Writes its file, its place in the chart, its heading in docs/statecharts/call.md and the questions that its stories
 * answer, each gap named; then says what remains, in order. Asks everything before it writes anything, and writes over no file.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { planState, type StateOrder, StateRefused } from './new-state/plan.ts';
import { remaining } from './new-state/remaining.ts';

const USAGE = 'npm run new:state -- NAME [--under STATE] [--before STATE]';

try {
  const plan = planState(orderFrom(process.argv.slice(2)), {
    read: (path) => readFileSync(path, 'utf8'),
    exists: existsSync,
  });
  const files = await Promise.all(
    plan.files.map(async ({ path, text, isNew }) => ({
      path,
      isNew,
      laidOut: await format(text, { ...(await resolveConfig(path)), filepath: path }),
    })),
  );
  for (const { path, laidOut, isNew } of files) {
    // `wx`: what somebody has written in this moment is not written over.
    writeFileSync(path, laidOut, { flag: isNew ? 'wx' : 'w' });
    process.stdout.write(`${isNew ? 'written' : 'changed'}  ${path}\n`);
  }
  process.stdout.write(`\n${remaining(plan)}\n`);
} catch (thrown) {
  if (!(thrown instanceof StateRefused)) throw thrown;
  process.stderr.write(`${thrown.message}\nNothing was written.\n`);
  process.exitCode = 1;
}

function orderFrom(words: readonly string[]): StateOrder {
  const options = { under: { type: 'string' }, before: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({
    args: [...words],
    options,
    allowPositionals: true,
    strict: false,
  });
  const { under, before, ...unknown } = values;
  const [name, ...more] = positionals;
  const isPlain = [under, before].every((value) => typeof value !== 'boolean');
  if (name === undefined || more.length > 0 || Object.keys(unknown).length > 0 || !isPlain) {
    throw new StateRefused(`one name is needed, and no other option: ${USAGE}`);
  }
  return { name, under: textOf(under), before: textOf(before) };
}

function textOf(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
