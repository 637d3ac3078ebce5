import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test, vi } from 'vitest';
import { JOURNAL_TROUBLES } from '../../src/protocol/journal-troubles.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { type EngineProcess, startEngineProcess } from '../support/engine-process.ts';
import { temporaryFolder, testJournal } from '../support/journal.ts';
import { append } from '../support/journal-requests.ts';
import { toolCallingModel } from '../support/tool-calling-model.ts';

/** An engine as an operator has it, in a process of its own, whose disk fails in earnest. */

const PATIENCE_MS = 90_000;
const WAIT = { timeout: 20_000, interval: 50 };

async function start(file: string, logLevel = 'fatal', workers = 1) {
  const agents = join(temporaryFolder(), 'agents');
  mkdirSync(agents);
  writeFileSync(
    join(agents, 'default.json'),
    JSON.stringify({ id: 'default', business: { name: 'Acme' }, tools: ['create_lead'] }),
  );
  const model = await toolCallingModel();
  onTestFinished(() => model.close());
  const engine = await startEngineProcess({
    ...{ DATABASE_URL: `file:${file}`, AGENTS_DIR: agents, LOG_LEVEL: logLevel, DRAIN_MS: '0' },
    WORKERS: String(workers),
    ...{ OPENAI_REALTIME_URL: model.url, OPENAI_API_KEY: 'any' },
  });
  if (!('url' in engine)) throw new Error(`the engine did not start: ${engine.stderr}`);
  return { engine, model };
}

/** Calls, and lets the greeting be heard to its end. */
async function callOn({ url }: EngineProcess) {
  let isGreeted: () => void = () => undefined;
  const heard = new Promise<void>((resolve) => (isGreeted = resolve));
  const call = placeCall({
    ...{ url, to: '+12025550100', from: '+12025550123', voice: new CallerVoice() },
    tell: ({ type }) => {
      if (type === 'agent.quiet') isGreeted();
    },
  });
  await heard;
  return call;
}

const readyz = async ({ url }: EngineProcess) =>
  (await (await fetch(`${url}/readyz`)).json()) as { status: unknown; detail?: string };

/** How large a file of the process may become: what lies beyond is an I/O error of the system's. */
const limitFiles = ({ pid }: EngineProcess, bytes: number | 'unlimited') =>
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${String(bytes)}:unlimited`]);

test(
  'a disk that fails in a call ends no call, and takes its rows in the end',
  async () => {
    const file = join(temporaryFolder(), 'calls.sqlite');
    const { engine, model } = await start(file, 'warn');
    const call = await callOn(engine);
    limitFiles(engine, 8192);
    await vi.waitFor(async () => {
      expect((await readyz(engine)).detail).toBe(JOURNAL_TROUBLES.failing);
    }, WAIT);
    const [session] = model.sessions;
    await session?.callsAndHears({ name: 'create_lead', args: { name: 'Ann' } });
    expect(session?.outputs.at(-1)?.output).toContain('STORAGE_UNAVAILABLE');
    expect(engine.printed().out).toContain('"trouble":"failing"');
    limitFiles(engine, 'unlimited');
    await vi.waitFor(async () => {
      expect(await readyz(engine)).toEqual({ status: 'ready' });
    }, WAIT);
    call.hangUp();
    await call.ended;
    const rows = (await (await fetch(`${engine.url}/api/calls/${call.callSid}/events`)).json()) as {
      seq: number;
    }[];
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
    expect(await engine.stop()).toBe(0);
  },
  PATIENCE_MS,
);

async function journalDiesForGood(workers: number): Promise<void> {
  const folder = temporaryFolder();
  const file = join(folder, 'calls.sqlite');
  const { engine, model } = await start(file, 'error', workers);
  await callOn(engine);
  // No disk has that error: each thread dies of it.
  const other = new Sqlite(file);
  other.exec('DROP TABLE applied');
  other.close();
  model.sessions[0]?.hears('I would like to know when you are open.');
  expect(await engine.ended).toEqual({ code: 70, signal: null });
  const { out } = engine.printed();
  for (const line of ['journal thread died, starting another', 'journal thread ended', 'LAST_EXCEPTION'])
    expect(out).toContain(line);
  // A worker has one of its own.
  const files = readdirSync(folder).filter((each) => each.startsWith('rescue-'));
  for (const name of files) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  const rescued = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('');
  expect(rescued).toContain('I would like to know when you are open.');
  expect(out).not.toContain('I would like to know');
}

test(
  'a journal whose thread dies for good ends the process with 70, and what was recorded is in a file',
  () => journalDiesForGood(1),
  PATIENCE_MS,
);

test(
  'a journal whose thread dies for good ends an engine of two workers with 70, and what each had is in a file',
  () => journalDiesForGood(2),
  PATIENCE_MS,
);

test(
  'an engine whose database is damaged says in one line which it is and what to do, and exits with 1',
  async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'calls.sqlite');
    const journal = await testJournal({ file });
    await append(journal, 'a');
    await journal.close();
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 4096);
    writeFileSync(file, bytes);
    const engine = await startEngineProcess({ DATABASE_URL: `file:${file}` });
    expect(engine).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        new RegExp(
          `^callchart: the journal cannot be written: ${file} is damaged or not a database \\(.*\\); it was not touched: move it away or put a backup in its place\n$`,
        ),
      ) as string,
    });
    expect(readFileSync(file).equals(bytes)).toBe(true);
  },
  PATIENCE_MS,
);
