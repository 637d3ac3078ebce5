import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditPage } from '../../src/protocol/console-audit.ts';
import { browserPath, buildConsole, openBrowser, openConsole, seriousFindings } from '../support/browser.ts';
import { askEngine, consoleEngine } from '../support/console-engine.ts';

const PATIENCE_MS = 60_000;
const MISSING = `CA${'0'.repeat(31)}9`;

let engine: Awaited<ReturnType<typeof consoleEngine>>;
let folder: string;
let browser: Browser;

/** An act of somebody with a script. */
const act = (path: string, method: string, body?: object) =>
  fetch(`${engine.url}${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });

describe.skipIf(browserPath() === undefined)('the audit trail in the console', () => {
  beforeAll(async () => {
    [engine, folder, browser] = await Promise.all([consoleEngine(), buildConsole(), openBrowser()]);
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser.close();
    await engine.close();
  }, PATIENCE_MS);

  test(
    'the audit trail in the console shows acts, newest first, to be sifted and followed to call and agent',
    async () => {
      await act(`/api/calls/${MISSING}/hangup`, 'POST', {});
      await act('/api/callers/%2B12025550177', 'DELETE');
      const plumber = await askEngine<{ written: object }>(engine, '/api/agents/plumber');
      await act('/api/agents/plumber', 'PUT', { ...plumber.written, voice: 'marin' });

      const { page, complaints, close } = await openConsole(browser, { url: engine.url, path: '/', folder });
      await page.getByRole('link', { name: 'Audit', exact: true }).click();
      const rows = page.getByRole('table', { name: /What operators did/ }).getByRole('row');
      await rows.nth(1).getByText('Saved an agent').waitFor();
      const saved = await rows.nth(1).innerText();
      expect(saved).toMatch(/plumber\s[0-9a-f]{8} to [0-9a-f]{8}/);
      expect(saved).toMatch(/this machine, a program\s+127\.0\.0\.1\s+done 200/);
      expect(await rows.nth(2).innerText()).toMatch(/Erased a caller\s+caller [0-9a-f]{8}.*not there 404/s);
      expect(await rows.nth(3).innerText()).toMatch(/Hung up\s+CA0+9.*not there 404/s);
      // What stood in the folder when the engine began.
      expect(await rows.nth(4).innerText()).toMatch(
        /Changed an agent’s file.*new to [0-9a-f]{8}.*the agents’ folder/s,
      );
      expect(await seriousFindings(page)).toEqual([]);

      await page.getByRole('button', { name: /What was done/ }).click();
      await page.getByRole('option', { name: 'Hung up' }).click();
      await expect.poll(() => rows.count()).toBe(2);
      await act(`/api/calls/${MISSING}/hangup`, 'POST', {});
      await page.getByRole('button', { name: 'Look again' }).click();
      await expect.poll(() => rows.count()).toBe(3);
      await page.getByRole('button', { name: /What was done/ }).click();
      await page.getByRole('option', { name: 'Muted or unmuted' }).click();
      await page.getByText('Nobody has done that yet').waitFor();

      await page.getByRole('button', { name: /What was done/ }).click();
      await page.getByRole('option', { name: 'Everything' }).click();
      await page.getByRole('link', { name: 'plumber' }).first().click();
      await page.getByRole('heading', { name: 'Copperline Plumbing' }).waitFor();
      expect(complaints).toEqual([]);
      await close();
    },
    PATIENCE_MS,
  );

  test(
    'the audit trail in the console knows an act of the page by its browser, and shows older ones on request',
    async () => {
      for (let n = 0; n < 101; n++) await act(`/api/calls/${MISSING}/mute`, 'POST', { muted: true });
      const { page, complaints, close } = await openConsole(browser, {
        url: engine.url,
        path: '/audit',
        folder,
        colorScheme: 'dark',
      });
      const rows = page.getByRole('table').getByRole('row');
      await expect.poll(() => rows.count()).toBe(101);
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Older ones' }).click();
      await expect.poll(() => rows.count()).toBeGreaterThan(104);

      await page.evaluate(async (callSid) => {
        await fetch(`/api/calls/${callSid}/hangup`, { method: 'POST' });
      }, MISSING);
      const { items } = await askEngine<AuditPage>(engine, '/api/audit?act=hangup&limit=1');
      expect(items).toMatchObject([{ client: 'browser', who: 'loopback', status: 404 }]);
      expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
      await close();
    },
    PATIENCE_MS,
  );
});
