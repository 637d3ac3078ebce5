import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const page = readFileSync('docs/guide/testing-a-chart.md', 'utf8');
const [, script = ''] = /^```typescript\n([^]*?)^```/m.exec(page) ?? [];

/** Runs the script in a process of its own, against the sources. */
async function run(text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'callchart-chart-'));
  const file = join(folder, 'payment.mts');
  const here = text
    .replaceAll("'callchart/testing'", `'${resolve('src/testing.ts')}'`)
    .replaceAll("'xstate'", `'${resolve('node_modules/xstate/dist/xstate.cjs.js')}'`);
  writeFileSync(file, here);
  const { stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file]);
  return stderr;
}

test('the script of "Testing a chart" holds, from the page itself', { timeout: 60_000 }, async () => {
  expect(script).toContain("from 'callchart/testing'");
  await run(script);
});

test(
  'the script of "Testing a chart" fails when a transition of its chart cannot be taken',
  { timeout: 60_000 },
  async () => {
    const broken = script.replace("cancel: 'left' }", "cancel: 'left', lost: 'left' }");
    expect(broken).not.toBe(script);
    await expect(run(broken)).rejects.toThrow(/payment\.entering\|lost\|0/);
  },
);
