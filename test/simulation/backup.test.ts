import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { voiceForm } from '../../src/simulator/carrier/webhook-forms.ts';
import { readConfig } from '../../src/config.ts';
import { startEngine } from '../../src/server.ts';
import { wavHeader } from '../../src/services/recordings/wav-header.ts';
import { openStore } from '../../src/services/storage/sqlite/store.ts';
import { commandTyped } from '../support/command-typed.ts';
import { temporaryFolder } from '../support/journal.ts';
import { shortCall } from '../support/stored-calls.ts';

const PATIENCE_MS = 90_000;
const LIVE = `CA${'1'.repeat(32)}`;
const ENDED = `CA${'2'.repeat(32)}`;

/** Of both sides. */
const SECOND_OF_SILENCE = Buffer.concat([wavHeader(16_000), Buffer.alloc(16_000, 0xff)]);

const settingsIn = (folder: string) => ({
  PORT: '0',
  DATABASE_URL: `file:${join(folder, 'data', 'calls.sqlite')}`,
  AGENTS_DIR: join(folder, 'agents'),
  LOG_LEVEL: 'fatal',
  DRAIN_MS: '0',
});

async function startIn(folder: string): Promise<string> {
  const engine = await startEngine(readConfig(settingsIn(folder)));
  onTestFinished(() => engine.close());
  return engine.url;
}

const typed = (folder: string, ...words: string[]) => commandTyped(settingsIn(folder), ...words);

/** A call that rings, and has its stream still to come. */
async function ring(url: string): Promise<void> {
  const call = { callSid: LIVE, from: '+12025550199', to: '+12025550100', accountSid: `AC${'1'.repeat(32)}` };
  const answer = await fetch(`${url}/twilio/voice`, {
    method: 'POST',
    body: new URLSearchParams(voiceForm(call, 'ringing')),
  });
  expect(await answer.text()).toContain('<Stream');
}

/** What the API tells of the call that has ended. */
async function toldBy(url: string) {
  const get = async (path: string) => (await fetch(`${url}${path}`)).text();
  const call = `/api/calls/${ENDED}`;
  const recording = await fetch(`${url}${call}/recording`);
  return {
    call: await get(call),
    transcript: await get(`${call}/transcript`),
    events: await get(`${call}/events`),
    leads: await get('/api/leads'),
    recording: Buffer.from(await recording.arrayBuffer()).toString('hex'),
  };
}

test(
  'a backup that is made while a call is live is served by an engine in another place, word for word',
  async () => {
    const [folder, other] = [temporaryFolder(), temporaryFolder()];
    cpSync('agents', join(folder, 'agents'), { recursive: true });
    mkdirSync(join(folder, 'data', 'recordings'), { recursive: true });
    const store = openStore(join(folder, 'data', 'calls.sqlite'));
    store.append(
      ENDED,
      shortCall(ENDED).map((row) => ({ ...row, body: JSON.stringify(row.body) })),
    );
    store.close();
    writeFileSync(join(folder, 'data', 'recordings', `${ENDED}.wav`), SECOND_OF_SILENCE);
    const url = await startIn(folder);
    await ring(url);

    const backup = join(folder, 'backups', 'monday');
    expect(await typed(folder, 'backup', backup)).toMatchObject({
      code: 0,
      complained: '',
      printed: expect.stringMatching(
        /monday is written, and was read again: 2 calls, 1 recordings/,
      ) as string,
    });
    expect(await typed(folder, 'backup', backup)).toMatchObject({
      code: 2,
      complained: expect.stringContaining('monday: already exists; choose another name') as string,
    });
    expect(await typed(folder, 'backup', '--verify', backup)).toMatchObject({ code: 0 });
    expect(await typed(folder, 'backup', '--restore', backup)).toMatchObject({
      code: 1,
      complained: expect.stringContaining(`by the engine at ${url}`) as string,
    });
    expect(await typed(folder, 'backup', '--restore', `${backup}-2`)).toMatchObject({ code: 2 });
    expect(await typed(folder, 'backup', '--erased-in', backup, `${backup}-2`)).toMatchObject({
      code: 2,
      complained: 'callchart: --erased-in goes with --restore',
    });
    expect(
      await typed(other, 'backup', '--restore', backup, '--erased-in', join(folder, 'none.sqlite')),
    ).toMatchObject({ code: 2, complained: expect.stringContaining('none.sqlite: no such file') as string });
    const live = (await (await fetch(`${url}/api/calls/${LIVE}`)).json()) as object;
    expect(live).toMatchObject({ endedAt: null });

    expect(await typed(other, 'backup', '--restore', backup)).toMatchObject({
      code: 0,
      printed: expect.stringMatching(/is restored: 2 calls[^]*erase them anew/) as string,
    });
    const restored = await startIn(other);
    const before = await toldBy(url);
    expect(before.call).toContain('"ended"');
    expect(before.recording.length).toBeGreaterThan(1000);
    expect(await toldBy(restored)).toEqual(before);
    // Its caller may come back, as after a crash.
    expect(await (await fetch(`${restored}/api/calls/${LIVE}`)).json()).toMatchObject({ endedAt: null });
  },
  PATIENCE_MS,
);
