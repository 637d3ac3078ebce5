import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { RunningEngine } from '../../src/server.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { type PlacedCall, placeCall } from '../../src/simulator/carrier/place-call.ts';
import {
  browserPath,
  buildConsole,
  type ConsolePage,
  openBrowser,
  openConsole,
  seriousFindings,
} from '../support/browser.ts';
import { askEngine, consoleEngine } from '../support/console-engine.ts';

/** One call in real time, and a page that is built before it. */
const PATIENCE_MS = 60_000;
const CALLER = '+12025550147';
const HOSTILE = '<img src=x onerror="document.title=1">‮ javascript:alert(1) {{7*7}}';

let engine: RunningEngine;
let folder: string;
let browser: Browser;
let placed: PlacedCall;
let voice: CallerVoice;
let live: ConsolePage;

const lit = (page: Page, path: string) => page.locator(`[data-path="${path}"][data-active]`).waitFor();
const open = (path: string, more: Partial<Parameters<typeof openConsole>[1]> = {}) =>
  openConsole(browser, { url: engine.url, path, folder, ...more });
const turns = (page: Page) => page.getByRole('list', { name: 'Turns' }).getByRole('listitem');

/** A greeting that goes on until a page on a busy machine has seen it begin and the caller has cut it off. */
async function speaksForLong(): Promise<void> {
  const { written } = await askEngine<{ written: object }>(engine, '/api/agents/default');
  const greeting = Array<string>(6).fill('Thank you for calling, how can I help you?').join(' ');
  const saved = await fetch(`${engine.url}/api/agents/default`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...written, greeting }),
  });
  expect(saved.status).toBe(200);
}

describe.skipIf(browserPath() === undefined)('the calls', () => {
  beforeAll(async () => {
    [engine, folder, browser] = await Promise.all([consoleEngine(), buildConsole(), openBrowser()]);
    await speaksForLong();
    live = await open('/');
    voice = new CallerVoice();
    placed = placeCall({
      url: engine.url,
      to: '+12025550100',
      from: CALLER,
      voice,
      clock: systemClock,
      tell: () => undefined,
    });
  }, PATIENCE_MS);

  afterAll(async () => {
    placed.hangUp();
    await placed.ended;
    await browser.close();
    await engine.close();
  }, PATIENCE_MS);

  test(
    'calls are seen live from the greeting to the end, with the right states lit',
    async () => {
      const { page, complaints } = live;
      const row = page.getByRole('list', { name: 'Calls in progress' }).getByRole('link', { name: CALLER });
      await row.getByText('agent speaks').waitFor();
      await row.click();
      await lit(page, 'conversing.greeting');

      // A barge-in, in a human voice.
      void voice.say(readFileSync('assets/recordings/go-forward.ulaw'));
      await lit(page, 'conversing.interrupted');
      await turns(page).filter({ hasText: 'barge-in' }).waitFor();
      await turns(page)
        .filter({ hasText: /cut after|not heard/ })
        .waitFor();
      // What was cut off is struck through, and said to be so.
      await turns(page).locator('del').first().waitFor();
      await turns(page).filter({ hasText: 'Not heard:' }).first().waitFor();
      expect(await turns(page).locator('del').first().textContent()).toMatch(/\p{L}/u);
      await lit(page, 'conversing.responding');

      // Rewinding shows the past, and does not touch the call.
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.keyboard.press('ArrowLeft');
      await page.getByRole('button', { name: 'Back to live' }).click();

      await page.getByRole('button', { name: 'Whisper' }).click();
      await page.getByRole('dialog').getByLabel('Words').fill(HOSTILE);
      await page.getByRole('dialog').getByRole('button', { name: 'Whisper' }).click();
      await turns(page).filter({ hasText: 'onerror' }).waitFor();

      await page.getByRole('button', { name: 'Hang up' }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Hang up' }).click();
      await lit(page, 'ended');
      await page.getByText('operator', { exact: true }).waitFor();
      expect((await placed.ended).by).toBe('engine');
      expect(complaints).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'calls hold what a caller or an operator wrote as text, and nothing else',
    { timeout: PATIENCE_MS },
    async () => {
      const { page } = live;
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.title()).toMatch(/^Call from \+12025550147, .+ · Callchart$/);
      expect(await turns(page).filter({ hasText: 'onerror' }).innerText()).toContain('<img src=x');
    },
  );

  test('calls are walked through fact by fact when they are over', { timeout: PATIENCE_MS }, async () => {
    const { page } = live;
    const rows = page.getByRole('listbox', { name: 'Rows of the log' });
    await rows.focus();
    await page.keyboard.press('Home');
    await lit(page, 'connecting');
    expect(await turns(page).count()).toBe(0);

    const slider = page.getByRole('slider', { name: 'Place in the call' });
    await slider.focus();
    const until = async (path: string) => {
      for (let step = 0; step < 200; step++) {
        if ((await page.locator(`[data-path="${path}"][data-innermost]`).count()) > 0) return;
        await page.keyboard.press('ArrowRight');
      }
      throw new Error(`${path} was never lit`);
    };
    await until('conversing.greeting');
    expect(await page.locator('[data-path="conversing.interrupted"][data-active]').count()).toBe(0);
    await until('conversing.interrupted');
    expect(await slider.getAttribute('aria-valuetext')).toContain('caller.startedSpeaking');
    expect(await page.locator('.chart-taken').count()).toBeGreaterThan(0);

    await page.locator('[data-path="conversing.interrupted"]').click();
    const panel = page.getByRole('region', { name: 'State conversing.interrupted' });
    expect(await panel.getByRole('listitem').count()).toBeGreaterThan(0);
    await panel.getByRole('button', { name: 'Close' }).click();
  });

  test('calls show beside the floor what else was so at every row', { timeout: PATIENCE_MS }, async () => {
    const { page, complaints, close } = await open(`/calls/${placed.callSid}`);
    const log = page.getByRole('listbox', { name: 'Rows of the log' });
    const lanes = page.getByRole('list', { name: 'Regions beside the floor' });
    const lane = (name: string) => lanes.locator(`[data-region="${name}"]`);
    const row = page.getByRole('region', { name: /^Row \d+$/ });

    // The row with which the chart begins has all of them, and lights none.
    await log.focus();
    await page.keyboard.press('Home');
    await lanes.waitFor({ state: 'detached' });
    for (let step = 0; (await lanes.count()) === 0 && step < 5; step++)
      await page.keyboard.press('ArrowDown');
    expect(await lane('session').innerText()).toMatch(/^session\s+opening$/);
    expect(await lane('line').innerText()).toMatch(/^line\s+awaited$/);
    expect(await lanes.locator('[data-changed]').count()).toBe(0);
    expect(await lane('tools').getAttribute('data-rest')).not.toBeNull();
    expect(await row.innerText()).toContain('session.opening');

    // The stream comes: one region is lit, and the next row of no change lights none.
    const until = async (isThere: () => Promise<boolean>) => {
      for (let step = 0; step < 200; step++) {
        if (await isThere()) return;
        await page.keyboard.press('ArrowDown');
      }
      throw new Error('no such row');
    };
    await until(async () => (await lane('line').getAttribute('data-changed')) !== null);
    expect(await lane('line').innerText()).toMatch(/attached\s*, changed by this row$/);
    expect(await row.innerText()).toContain('line.attached');
    await until(async () => (await lanes.locator('[data-changed]').count()) === 0);
    expect(await lane('line').innerText()).toMatch(/^line\s+attached$/);

    await lane('line').getByRole('button').click();
    await lanes.getByText('Audio can go both ways.').waitFor();
    await lane('line').getByRole('button').click();

    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await lanes.scrollIntoViewIfNeeded();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test(
    'calls show no word and no number of a log until somebody asks, and then all of them',
    { timeout: PATIENCE_MS },
    async () => {
      const { page } = await open(`/calls/${placed.callSid}`, { words: 'hidden' });
      const body = page.getByLabel('Body');
      const log = page.getByRole('listbox', { name: 'Rows of the log' });
      await log.focus();
      await page.keyboard.press('Home');
      await body.getByText('"+•••••••••••"').first().waitFor();
      await page.keyboard.press('End');
      const unheard = turns(page).locator('del').first();
      expect(await unheard.textContent()).toMatch(/^[^\p{L}\p{N}]*•/u);
      await page.keyboard.press('Home');
      await page.getByRole('button', { name: 'Show words and numbers' }).first().click();
      await body.getByText(CALLER).waitFor();
      await log.focus();
      await page.keyboard.press('End');
      expect(await unheard.textContent()).toMatch(/\p{L}/u);
      await page.getByRole('button', { name: 'Hide words and numbers' }).click();
      await expect.poll(() => unheard.textContent()).not.toMatch(/\p{L}/u);
      await page.context().close();
    },
  );

  test(
    'calls are found by number and words, and the address tells neither',
    { timeout: PATIENCE_MS },
    async () => {
      const { page, complaints } = await open('/');
      const ended = page.getByRole('list', { name: 'Ended calls' }).getByRole('link', { name: CALLER });
      await ended.waitFor();
      await page.getByLabel('Number').fill('999 999');
      await page.getByText('No call is like that').waitFor();
      await page.getByLabel('Number').fill('555-0147');
      await ended.waitFor();
      expect(page.url()).toBe(`${engine.url}/`);
      await ended.click();
      await lit(page, 'ended');
      await page.goBack();
      await ended.waitFor();
      expect(await page.getByLabel('Number').inputValue()).toBe('555-0147');
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  test('calls are saved as files, and opened without the engine', { timeout: PATIENCE_MS }, async () => {
    const { page, complaints } = await open(`/calls/${placed.callSid}`);
    await lit(page, 'ended');
    await page.getByRole('button', { name: 'Export' }).click();
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'With words and numbers' }).click(),
    ]);
    const path = await saved.path();

    await page.getByRole('link', { name: 'All calls' }).click();
    await page.getByRole('button', { name: 'Open a file' }).waitFor();
    await page.route('**/api/**', (route) => route.abort());
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Open a file' }).click(),
    ]);
    await chooser.setFiles(path);
    await lit(page, 'ended');
    expect(page.url()).toBe(`${engine.url}/file`);
    await turns(page).filter({ hasText: 'barge-in' }).waitFor();
    expect(complaints.filter((text) => !/ERR_FAILED|WebSocket/.test(text))).toEqual([]);
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)(
    'calls keep nobody out, %s',
    { timeout: PATIENCE_MS },
    async (colorScheme) => {
      const { page } = await open('/', { colorScheme });
      await page.getByRole('list', { name: 'Ended calls' }).getByRole('link').first().waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('list', { name: 'Ended calls' }).getByRole('link').first().click();
      await lit(page, 'ended');
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('tab', { name: 'Latency' }).click();
      await page.locator('[data-path="conversing.listening"]').click();
      expect(await seriousFindings(page)).toEqual([]);
      await page.context().close();
    },
  );

  test(
    'calls ask for a token when the engine does, and send it in a header only',
    { timeout: PATIENCE_MS },
    async () => {
      const asked: (string | undefined)[] = [];
      const { page } = await open('/softphone');
      await page.route('**/api/**', async (route) => {
        const { authorization } = route.request().headers();
        asked.push(route.request().url());
        if (authorization === 'Bearer the right one') await route.continue();
        else await route.fulfill({ status: 401, json: { type: 'UNAUTHORIZED', title: 'a token is needed' } });
      });
      await page.getByRole('link', { name: 'Calls', exact: true }).click();
      await page.getByLabel('Token', { exact: true }).fill('a wrong one');
      await page.keyboard.press('Enter');
      await page.getByText('The engine refused the last one.').waitFor();
      await page.getByLabel('Token', { exact: true }).fill('the right one');
      await page.keyboard.press('Enter');
      await page.getByRole('list', { name: 'Ended calls' }).getByRole('link').first().waitFor();
      expect(asked.filter((url) => url?.includes('right'))).toEqual([]);
      await page.context().close();
    },
  );

  test('calls are forgotten with their caller, after a question', { timeout: PATIENCE_MS }, async () => {
    const { page, complaints } = await open(`/calls/${placed.callSid}`);
    await lit(page, 'ended');
    await page.getByRole('button', { name: 'Erase caller' }).focus();
    await page.keyboard.press('Enter');
    const question = page.getByRole('alertdialog', { name: `Erase everything about ${CALLER}?` });
    await question.waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    // What happens by habit keeps everything.
    await page.keyboard.press('Enter');
    await question.waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await question.getByRole('button', { name: 'Erase everything' }).click();
    await page.getByText('No call has ended yet').waitFor();
    expect(page.url()).toBe(`${engine.url}/`);
    expect(await page.getByText(CALLER).count()).toBe(0);
    expect((await fetch(`${engine.url}/api/calls/${placed.callSid}`)).status).toBe(404);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
