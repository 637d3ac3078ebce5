import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { builtPath } from '../../support/built-sources.ts';
import { temporaryFolder } from '../../support/journal.ts';

const KILLS = 20;
/** How long a writer lives after its first acknowledgement, in ms. */
const LIFE_MS = 120;

/** Lets a writer write until it is killed; answers the numbers that were acknowledged. */
async function writeUntilKilled(
  writer: string,
  file: string,
  first: number,
  lifeMs: number,
): Promise<number[]> {
  const child = spawn(process.execPath, [writer, file, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: number[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    acknowledged.push(...lines.map(Number));
  });
  const gone = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), gone]);
  // The time of the crash is the subject here, so it is a real one.
  await after(lifeMs);
  child.kill('SIGKILL');
  const [, signal] = (await gone) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return acknowledged;
}

test('a process that is killed at any time loses no acknowledged row', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'calls.sqlite');
  const writer = builtPath(new URL('../../support/crash-writer.ts', import.meta.url));
  const acknowledged: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const first = (kill + 1) * 1_000_000;
    const own = await writeUntilKilled(writer, file, first, Math.random() * LIFE_MS);
    expect(own.length).toBeGreaterThan(0);
    acknowledged.push(...own);
  }

  const db = new Sqlite(file);
  const rows = db
    .prepare<[], { seq: number; event: string; body: string }>(
      'SELECT seq, event, body FROM events ORDER BY seq',
    )
    .all();
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
  const numbers = rows.map(({ event, body }) => `${event} ${body}`);
  expect(new Set(numbers).size).toBe(numbers.length);
  const stored = new Set(numbers);
  const lost = acknowledged.filter((number) =>
    ['caller.committed', 'caller.unclear'].some(
      (event) => !stored.has(`${event} {"itemId":"${String(number)}"}`),
    ),
  );
  expect(lost).toEqual([]);
}, 60_000);
