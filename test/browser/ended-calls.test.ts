import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { RunningEngine } from '../../src/server.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { browserPath, buildConsole, openBrowser, openConsole, seriousFindings } from '../support/browser.ts';
import { consoleEngine } from '../support/console-engine.ts';

/** A greeting in real time, and a page that is built before it. */
const PATIENCE_MS = 90_000;

let engine: RunningEngine;
let folder: string;
let browser: Browser;
let callSid: string;

const lit = (page: Page, path: string) => page.locator(`[data-path="${path}"][data-active]`).waitFor();
const open = (path: string, more: Partial<Parameters<typeof openConsole>[1]> = {}) =>
  openConsole(browser, { url: engine.url, path, folder, ...more });

describe.skipIf(browserPath() === undefined)('calls that are over', () => {
  beforeAll(async () => {
    [engine, folder, browser] = await Promise.all([consoleEngine(), buildConsole(), openBrowser()]);
    const call = placeCall({
      ...{ url: engine.url, to: '+12025550100', from: '+12025550147', clock: systemClock },
      voice: new CallerVoice(),
      tell: ({ type }) => {
        if (type === 'agent.quiet') call.hangUp();
      },
    });
    ({ callSid } = call);
    await call.ended;
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser.close();
    await engine.close();
  }, PATIENCE_MS);

  test(
    'calls that are over are searched by words: counted, marked where found, and opened where they were said',
    { timeout: PATIENCE_MS },
    async () => {
      const { page, complaints } = await open('/', { words: 'hidden' });
      await page.getByLabel('Words said').fill('help');
      await page.getByText('1 call found').waitFor();
      const found = page.getByRole('list', { name: 'Ended calls' }).getByRole('link');
      await found.locator('mark', { hasText: 'help' }).first().waitFor();
      // What was not looked for is hidden until somebody asks.
      expect(await found.locator('.calls-hit').innerText()).toMatch(/•.* help/);
      expect(await found.locator('.calls-hit').innerText()).not.toContain('Dental');
      await page.getByRole('button', { name: 'Show words' }).click();
      await found.locator('.calls-hit', { hasText: 'Dental' }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await found.click();
      await page.waitForURL(/#t=\d+\.\d$/);
      await lit(page, 'conversing.greeting');
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  test(
    'calls that are over have a sequence that is sifted, searched and zoomed, and a link to a moment',
    { timeout: PATIENCE_MS },
    async () => {
      const { page, complaints } = await open(`/calls/${callSid}`);
      await lit(page, 'ended');
      const tools = page.getByRole('group', { name: 'Tools of the sequence' });
      const rows = page.getByRole('listbox', { name: 'Rows of the log' }).getByRole('option');
      await tools.getByLabel('Find in the rows').fill('playback.started');
      await tools.getByText(/found$/).waitFor();
      await page.keyboard.press('Enter');
      await tools.getByText(/^1 of \d+$/).waitFor();
      await page.waitForURL(/#t=\d+\.\d$/);
      const link = page.url();
      const place = await page
        .getByRole('slider', { name: 'Place in the call' })
        .getAttribute('aria-valuetext');
      expect(place).toContain('playback.started');

      const [before] = await Promise.all([rows.first().boundingBox()]);
      await tools.getByRole('button', { name: 'Larger rows' }).click();
      await expect
        .poll(async () => (await rows.first().boundingBox())?.height)
        .toBeGreaterThan(before?.height ?? 99);
      await tools.getByRole('checkbox', { name: 'Facts' }).press('Space');
      await tools.getByRole('checkbox', { name: 'Announced' }).press('Space');
      const kinds = await rows.locator('.visually-hidden').allInnerTexts();
      expect(kinds.length).toBeGreaterThan(3);
      expect(kinds.filter((text) => !text.startsWith('order'))).toEqual([]);
      expect(await seriousFindings(page)).toEqual([]);
      await page.context().close();

      // Whoever is sent the link sees the same moment, to a tenth of a second.
      const other = await open(new URL(link).pathname + new URL(link).hash);
      const slider = other.page.getByRole('slider', { name: 'Place in the call' });
      const seconds = (text: string | null) => Number(/:(\d+\.\d)/.exec(text ?? '')?.[1]);
      await expect
        .poll(async () => Math.abs(seconds(await slider.getAttribute('aria-valuetext')) - seconds(place)))
        .toBeLessThanOrEqual(0.11);
      await other.page.getByRole('button', { name: 'Play', exact: true }).waitFor();
      expect([...complaints, ...other.complaints]).toEqual([]);
      await other.page.context().close();
    },
  );

  test('calls that are over tell on a phone when they began', { timeout: PATIENCE_MS }, async () => {
    const { page } = await open('/', { viewport: { width: 390, height: 844 } });
    const call = page.getByRole('list', { name: 'Ended calls' }).getByRole('link').first();
    await call.waitFor();
    const began = call.locator('time');
    expect(await began.isVisible()).toBe(true);
    const box = await began.boundingBox();
    expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 999) <= 390).toBe(true);
    await page.context().close();
  });
});
