import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { EarlyThread } from '../../../src/services/storage/client/early-thread.ts';
import { openJournal } from '../../../src/services/storage/client/sqlite-journal.ts';
import { builtPath } from '../../support/built-sources.ts';
import { temporaryFolder } from '../../support/journal.ts';
import { KeptLog } from '../../support/phone-leg.ts';

const accepted = {
  callSid: 'CA1',
  agentId: 'default',
  direction: 'inbound',
  from: '+12025550123',
  to: '+12025550100',
  at: 1000,
} as const;

test('a thread that was begun early opens the journal that it is started with, and no other', async () => {
  const file = join(temporaryFolder(), 'calls.sqlite');
  const { start } = new EarlyThread();
  expect(existsSync(file)).toBe(false);
  const journal = await openJournal({ file, clock: systemClock, log: new KeptLog(), start });
  await journal.transact('acceptCall', accepted);
  expect(await journal.query('call', { callSid: 'CA1' })).toMatchObject({ agentId: 'default' });
  await journal.close();
});

test('where a thread that was begun early is used up, another one is started', async () => {
  const { start } = new EarlyThread();
  const open = (name: string) =>
    openJournal({ file: join(temporaryFolder(), name), clock: systemClock, log: new KeptLog(), start });
  const [one, other] = await Promise.all([open('one.sqlite'), open('other.sqlite')]);
  await one.transact('acceptCall', accepted);
  expect(await other.query('call', { callSid: 'CA1' })).toBeUndefined();
  await Promise.all([one.close(), other.close()]);
});

test('a process that never starts its early thread ends by itself', () => {
  const module = builtPath(new URL('../../../src/services/storage/client/early-thread.ts', import.meta.url));
  const program = `const { EarlyThread } = await import(process.argv[1]); new EarlyThread(); process.stdout.write('begun');`;
  const words = ['--input-type=module', '-e', program, module];
  expect(execFileSync(process.execPath, words, { encoding: 'utf8' })).toBe('begun');
});
