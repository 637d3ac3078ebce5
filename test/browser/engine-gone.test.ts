import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { RunningEngine } from '../../src/server.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { browserPath, buildConsole, openBrowser, openConsole, seriousFindings } from '../support/browser.ts';
import { consoleEngine } from '../support/console-engine.ts';
import { cutLine } from '../support/cut-line.ts';

const PATIENCE_MS = 90_000;

let engine: RunningEngine;
let folder: string;
let browser: Browser;

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
});
