import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallDetail, CallPage, FullRow } from '../../src/protocol/console-calls.ts';
import type { RunningEngine } from '../../src/server.ts';
import { browserPath, buildConsole, openBrowser, openConsole, seriousFindings } from '../support/browser.ts';
import { askEngine, consoleEngine } from '../support/console-engine.ts';
import { microphoneOf } from '../support/microphone.ts';

/** A call is in real time, and the machine may be busy. */
const PATIENCE_MS = 90_000;
const GREETING = 'Hi, this is Harbour Street Dental, how can I help you?';
/** The greeting takes some four seconds. */
const SPEAKS_AFTER_S = 7;

const data = mkdtempSync(join(tmpdir(), 'callchart-softphone-'));
let engine: RunningEngine;
let folder: string;
let browser: Browser;

describe.skipIf(browserPath() === undefined)('the softphone', () => {
  beforeAll(async () => {
    [engine, folder] = await Promise.all([consoleEngine(), buildConsole()]);
    browser = await openBrowser(
      microphoneOf('go-forward.ulaw', SPEAKS_AFTER_S, join(data, 'microphone.wav')),
    );
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser.close();
    await engine.close();
    rmSync(data, { recursive: true });
  }, PATIENCE_MS);

  const open = (permissions: string[] = []) =>
    openConsole(browser, { url: engine.url, path: '/softphone', folder, permissions });
  const line = (page: Page, role: 'caller' | 'agent', text: string | RegExp) =>
    page.locator(`.line[data-role="${role}"]`, { hasText: text });
  const lastCall = async () => {
    const { items } = await askEngine<CallPage>(engine, '/api/calls?limit=1');
    return items[0]?.callSid ?? '';
  };

  test(
    'the softphone holds a conversation by microphone and speaker: greeting, words understood, answer',
    async () => {
      const { page, complaints, close } = await open(['microphone']);
      page.setDefaultTimeout(25_000);
      await page.getByRole('button', { name: 'Call Harbour Street Dental' }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Call Harbour Street Dental' }).click();
      await page.getByText('On the line', { exact: true }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);

      await line(page, 'agent', GREETING).waitFor();
      await line(page, 'caller', 'go forward ten meters').waitFor();
      await line(page, 'agent', /go forward ten meters/).waitFor();
      const callSid = await lastCall();
      // The answer is written when its last mark came back: what is on the page was heard.
      await page.getByRole('button', { name: 'Hang up' }).click();
      await page.getByText('You hung up').waitFor();

      // It tries the agent, and says so.
      await page.getByRole('link', { name: 'Look at the whole call' }).click();
      await page.getByRole('heading', { name: /^Softphone/ }).waitFor();
      await page.getByText('test', { exact: true }).waitFor();
      await expect
        .poll(async () => (await askEngine<CallDetail>(engine, `/api/calls/${callSid}`)).endReason)
        .toBe('caller_hung_up');
      expect(complaints).toEqual([]);
      await close();
    },
    PATIENCE_MS,
  );

  test(
    'the softphone explains a microphone that is not allowed, and calls without: typed words, keyed digits',
    async () => {
      const { page, complaints, close } = await open();
      page.setDefaultTimeout(25_000);
      await page.getByRole('button', { name: 'Call Harbour Street Dental' }).click();
      await page.getByRole('alert').getByText('The microphone is not allowed').waitFor();
      await page.getByRole('button', { name: 'Call without a microphone' }).click();
      await line(page, 'agent', GREETING).waitFor();

      await page.getByLabel('Say without a microphone').fill('What are your opening hours?');
      // Shift and Enter go to a new line, Enter alone sends.
      await page.keyboard.press('Shift+Enter');
      expect(await page.getByLabel('Say without a microphone').inputValue()).toContain('\n');
      await page.keyboard.press('Enter');
      await line(page, 'caller', /opening hours/i).waitFor();
      await line(page, 'agent', /we are open/i).waitFor();

      await page.getByRole('button', { name: '4', exact: true }).click();
      await page.keyboard.press('2');
      await page.getByRole('button', { name: 'hash' }).click();
      await expect.poll(() => page.getByLabel('Keys pressed').textContent()).toBe('42#');
      // What is typed into a field is no digit.
      await page.getByLabel('Say without a microphone').fill('');
      await page.keyboard.type('77');
      await expect.poll(() => page.getByLabel('Keys pressed').textContent()).toBe('42#');

      const callSid = await lastCall();
      await expect
        .poll(async () => {
          const rows = await askEngine<FullRow[]>(engine, `/api/calls/${callSid}/events?bodies=full`);
          return rows.filter(({ event }) => event === 'digit.pressed').length;
        })
        .toBe(3);
      await page.getByRole('button', { name: 'Hang up' }).click();
      await page.getByText('You hung up').waitFor();
      expect(complaints).toEqual([]);
      await close();
    },
    PATIENCE_MS,
  );

  test.each<[string, (page: Page) => Promise<void>]>([
    [
      'its page is left for another',
      (page) => page.getByRole('link', { name: 'Agents', exact: true }).click(),
    ],
    ['its tab is closed', (page) => page.close()],
    ['its tab goes to another address', (page) => page.goto('about:blank').then(() => undefined)],
  ])(
    'the softphone hangs up when %s',
    async (_how, leave) => {
      const { page, close } = await open(['microphone']);
      await page.getByRole('button', { name: 'Call Harbour Street Dental' }).click();
      await page.getByText('On the line', { exact: true }).waitFor();
      const callSid = await lastCall();
      await leave(page);
      await expect
        .poll(async () => (await askEngine<CallDetail>(engine, `/api/calls/${callSid}`)).endReason, {
          timeout: 10_000,
        })
        .toBe('caller_hung_up');
      await close();
    },
    PATIENCE_MS,
  );
});
