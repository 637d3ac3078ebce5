import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { type RunningEngine, startEngine } from '../../src/server.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { voiceForm } from '../../src/simulator/carrier/webhook-forms.ts';
import { board, limitsOf } from '../support/admission.ts';
import { browserPath, buildConsole, openBrowser, openConsole, seriousFindings } from '../support/browser.ts';
import { consoleEngine } from '../support/console-engine.ts';
import { cutLine } from '../support/cut-line.ts';
import { temporaryFolder } from '../support/journal.ts';
import { storeJournal } from '../support/stored-calls.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const PATIENCE_MS = 90_000;

const KILLED = { callSid: `CA${'1'.repeat(32)}`, from: '+12025550131' };
const HANDED_OVER = { callSid: `CA${'2'.repeat(32)}`, from: '+12025550132' };

let engine: RunningEngine;
let folder: string;
let browser: Browser;

/** A model server that refuses every upgrade, as OpenAI's refuses a wrong key. */
async function refusingModel(): Promise<string> {
  const server = createServer((_, reply) => reply.writeHead(401).end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

/** A model server that answers no upgrade: a call waits for its session. */
async function silentModel(): Promise<string> {
  const server = createServer();
  const sockets = new Set<Duplex>();
  server.on('upgrade', (_request, socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

/** A database with two calls whose process is gone: one was killed while the caller spoke, one had been handed over. */
async function callsWithoutProcess(file: string): Promise<void> {
  const { journal } = storeJournal(file);
  const { rings, isGreeted, tells, clock } = board(limitsOf(), {
    journal,
    clock: new VirtualClock(Date.now()),
  });
  for (const { callSid, from } of [KILLED, HANDED_OVER]) {
    await rings(from, { callSid });
    isGreeted(callSid);
  }
  tells(KILLED.callSid, { type: 'caller.startedSpeaking', itemId: 'u1' });
  tells(HANDED_OVER.callSid, { type: 'handOver.requested' });
  await clock.run(0);
}

const ring = ({ url }: RunningEngine, digit: string) => {
  const parties = { from: `+1202555012${digit}`, to: '+12025550100', accountSid: 'AC1' };
  const form = voiceForm({ callSid: `CA${digit.repeat(32)}`, ...parties }, 'ringing');
  return fetch(`${url}/twilio/voice`, { method: 'POST', body: new URLSearchParams(form) });
};

describe.skipIf(browserPath() === undefined)('a page whose engine is gone', () => {
  beforeAll(async () => {
    [engine, folder, browser] = await Promise.all([consoleEngine(), buildConsole(), openBrowser()]);
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser.close();
    await engine.close();
  }, PATIENCE_MS);

  test(
    'a page whose engine is gone counts no further, asks for nothing, says so, and goes on when it is back',
    async () => {
      const line = await cutLine(engine.url);
      const { page, close } = await openConsole(browser, { url: line.url, folder });
      page.setDefaultTimeout(30_000);
      const placed = placeCall({
        ...{ url: engine.url, to: '+12025550100', from: '+12025550147', clock: systemClock },
        voice: new CallerVoice(),
      });
      await page.getByRole('list', { name: 'Calls in progress' }).getByRole('link').click();
      const hangUp = page.getByRole('button', { name: 'Hang up' });
      const length = page.locator('.call-length');
      const counted = async () => {
        const before = await length.textContent();
        await page.evaluate(
          () =>
            new Promise((resolve) => {
              setTimeout(resolve, 2_000);
            }),
        );
        return (await length.textContent()) !== before;
      };
      await hangUp.waitFor();
      expect(await counted()).toBe(true);

      await line.cut();
      const alert = page.getByRole('alert').filter({ hasText: 'The engine does not answer' });
      await alert.waitFor();
      for (const name of ['Hang up', 'Whisper', 'Export'])
        expect(await page.getByRole('button', { name }).isDisabled()).toBe(true);
      expect(await counted()).toBe(false);
      expect(await seriousFindings(page)).toEqual([]);

      await line.mend();
      await alert.waitFor({ state: 'hidden' });
      expect(await counted()).toBe(true);
      await hangUp.click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Hang up' }).click();
      await page.getByText('operator', { exact: true }).waitFor();
      expect((await placed.ended).by).toBe('engine');
      await close();
      await line.cut();
    },
    PATIENCE_MS,
  );

  test(
    'a page says that new calls are not taken, and why, when the model refuses the engine',
    async () => {
      const refused = await startEngine(
        readConfig({
          ...{ PORT: '0', DATABASE_URL: 'file::memory:', LOG_LEVEL: 'fatal', DRAIN_MS: '0' },
          ...{ OPENAI_REALTIME_URL: await refusingModel(), OPENAI_API_KEY: 'sk-wrong' },
        }),
      );
      onTestFinished(() => refused.close());
      const { page, close } = await openConsole(browser, { url: refused.url, folder });
      page.setDefaultTimeout(30_000);
      await page.getByRole('heading', { name: 'Calls' }).waitFor();
      const alert = page.getByRole('alert').filter({ hasText: 'New calls are not taken' });
      expect(await alert.count()).toBe(0);
      for (const digit of ['1', '2', '3']) await ring(refused, digit);
      await alert.waitFor();
      expect(await alert.textContent()).toContain('the model refuses this engine');
      expect(await seriousFindings(page)).toEqual([]);
      await close();
    },
    PATIENCE_MS,
  );

  test(
    'a page shows calls that no process has as awaited, and goes on with one when the carrier asks for it',
    async () => {
      const file = join(temporaryFolder(), 'calls.sqlite');
      await callsWithoutProcess(file);
      const next = await startEngine(
        readConfig({
          ...{ PORT: '0', DATABASE_URL: `file:${file}`, LOG_LEVEL: 'fatal', DRAIN_MS: '0' },
          ...{ OPENAI_REALTIME_URL: await silentModel(), OPENAI_API_KEY: 'any' },
        }),
      );
      onTestFinished(() => next.close());
      const { page, complaints, close } = await openConsole(browser, { url: next.url, folder });
      page.setDefaultTimeout(30_000);
      const list = page.getByRole('list', { name: 'Calls in progress' });
      for (const { from } of [KILLED, HANDED_OVER]) {
        const row = list.getByRole('link', { name: from });
        await row.getByText('awaited').waitFor();
        await row.getByText('no line').waitFor();
      }
      expect(await list.getByRole('link').count()).toBe(2);

      const lit = (path: string) => page.locator(`[data-path="${path}"][data-active]`).waitFor();
      const chip = page.locator('.call-head .state-chip');
      await list.getByRole('link', { name: HANDED_OVER.from }).click();
      await lit('handedOver');
      const turns = page.getByRole('list', { name: 'Turns' }).getByRole('listitem');
      await turns.filter({ hasText: 'the call was handed over to another process; it goes on' }).waitFor();
      expect(await chip.textContent()).toBe('awaited');

      await page.getByRole('link', { name: 'All calls' }).click();
      await list.getByRole('link', { name: KILLED.from }).click();
      await lit('conversing.listening');
      expect(await chip.textContent()).toBe('awaited');
      await turns
        .filter({ hasText: 'the process that had the call was lost; another one goes on' })
        .waitFor();
      await turns.filter({ hasText: 'broken off, the words were lost' }).waitFor();
      expect(await page.getByText('speaking…').count()).toBe(0);
      // Nothing can be asked of it, and it may not be erased.
      for (const name of ['Hang up', 'Erase caller'])
        expect(await page.getByRole('button', { name }).count()).toBe(0);

      const parties = { from: KILLED.from, to: '+12025550100', accountSid: 'AC1' };
      const form = voiceForm({ callSid: KILLED.callSid, ...parties }, 'in-progress');
      const asked = await fetch(`${next.url}/twilio/after-stream?epoch=1`, {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      expect(await asked.text()).toContain('<Stream');
      await lit('awaitingStream');
      await chip.filter({ hasText: 'awaitingStream' }).waitFor();
      await page.getByRole('button', { name: 'Hang up' }).waitFor();
      await turns
        .filter({ hasText: /the process that had the call was lost, and another one went on after .* ms/ })
        .waitFor();
      await turns.filter({ hasText: 'the stream was lost; the carrier is expected' }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await close();
    },
    PATIENCE_MS,
  );
});
