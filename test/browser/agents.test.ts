import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentDetail } from '../../src/protocol/console-agents.ts';
import { browserPath, buildConsole, openBrowser, openConsole, seriousFindings } from '../support/browser.ts';
import { askEngine, consoleEngine } from '../support/console-engine.ts';

const PATIENCE_MS = 60_000;
const HOSTILE = '<img src=x onerror="document.title=\'pwned\'"> & Sons';

let engine: Awaited<ReturnType<typeof consoleEngine>>;
let folder: string;
let browser: Browser;

const saved = (id: string) =>
  JSON.parse(readFileSync(join(engine.agentsDir, `${id}.json`), 'utf8')) as Record<string, unknown>;
const field = (page: Page, path: string) => page.locator(`[id="field-${path}"]`);

describe.skipIf(browserPath() === undefined)('agents in the console', () => {
  beforeAll(async () => {
    [engine, folder, browser] = await Promise.all([consoleEngine(), buildConsole(), openBrowser()]);
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser.close();
    await engine.close();
  }, PATIENCE_MS);

  const open = (path: string, colorScheme: 'light' | 'dark' = 'light') =>
    openConsole(browser, { url: engine.url, path, folder, colorScheme });

  test(
    'an agent is chosen, edited, checked at its fields and saved; every view is for everybody to use',
    async () => {
      const { page, complaints, close } = await open('/agents');
      await page.getByRole('link', { name: /Copperline Plumbing/ }).click();
      await page.getByRole('heading', { name: 'Copperline Plumbing' }).waitFor();
      await field(page, 'greeting').waitFor();
      expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
      expect(await seriousFindings(page)).toEqual([]);

      await field(page, 'voice').fill('');
      await page.getByRole('region', { name: 'Problems' }).getByRole('link', { name: 'voice' }).click();
      expect(await page.locator(':focus').getAttribute('id')).toBe('field-voice');
      expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
      expect(await seriousFindings(page)).toEqual([]);
      await field(page, 'voice').fill('marin');
      await field(page, 'greeting').fill('{business.name}, good day.');

      await page.getByRole('tab', { name: 'Instructions' }).click();
      await page.locator('.preview-greeting', { hasText: 'Copperline Plumbing, good day.' }).waitFor();
      await page
        .locator('.preview-text', { hasText: 'You answer the phone for Copperline Plumbing.' })
        .waitFor();
      expect(await seriousFindings(page)).toEqual([]);

      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
      expect(saved('plumber')).toMatchObject({ voice: 'marin', greeting: '{business.name}, good day.' });
      expect((await askEngine<AgentDetail>(engine, '/api/agents/plumber')).profile.voice).toBe('marin');
      expect(complaints).toEqual([]);
      await close();
    },
    PATIENCE_MS,
  );

  test(
    "an agent's JSON and form are one draft, which outlives a look at another page; versions are taken back",
    async () => {
      const { page, complaints, close } = await open('/agents/default', 'dark');
      await page.getByRole('tab', { name: 'JSON' }).click();
      const text = page.getByLabel('Profile as JSON');
      const before = JSON.parse(await text.inputValue()) as Record<string, unknown>;
      await text.fill('{\n  "id": "default",\n  oops\n}');
      await page.getByText('Line 3, column 3').waitFor();
      expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
      await text.fill(JSON.stringify({ ...before, voice: 'cedar' }));
      await page.getByRole('tab', { name: 'Form' }).click();
      await expect.poll(() => field(page, 'voice').inputValue()).toBe('cedar');

      await page.getByRole('link', { name: 'Chart', exact: true }).click();
      await page.getByRole('heading', { name: 'All calls' }).waitFor();
      await page.goBack();
      await expect.poll(() => field(page, 'voice').inputValue()).toBe('cedar');

      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
      await page.getByRole('tab', { name: 'Versions' }).click();
      const versions = page.getByRole('list', { name: /Versions/ }).getByRole('button');
      await expect.poll(() => versions.count()).toBe(2);
      await versions.nth(1).click();
      await page.getByRole('row', { name: /voice.*marin.*cedar/ }).waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Take this version into the draft' }).click();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
      expect(saved('default')).toEqual(before);
      expect(complaints).toEqual([]);
      await close();
    },
    PATIENCE_MS,
  );

  test(
    'a new agent is begun, called as a draft and saved; its name is text, whatever it looks like',
    async () => {
      const { page, complaints, close } = await open('/agents');
      await page.getByRole('button', { name: 'New agent' }).click();
      await page.getByLabel('ID').fill('Not An ID');
      await page.getByText('must be 1 to 64 of a-z, 0-9, _ and -').waitFor();
      await page.getByLabel('ID').fill('sons');
      await page.getByLabel('Name of the business').fill(HOSTILE);
      await page.getByRole('button', { name: 'Begin' }).click();
      await page.getByRole('heading', { name: HOSTILE }).waitFor();
      await field(page, 'greeting').fill('This is a draft.');

      await page.getByRole('button', { name: 'Try on the softphone' }).click();
      await page.getByRole('button', { name: 'Call the draft' }).click();
      await page.getByRole('button', { name: 'Call without a microphone' }).click();
      await page.locator('.line[data-role="agent"]', { hasText: 'This is a draft.' }).waitFor();
      await page.getByRole('button', { name: 'Hang up' }).click();

      await page.getByRole('link', { name: 'Back to the draft' }).click();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
      await page.getByRole('link', { name: 'sons' }).waitFor();
      expect(saved('sons')).toEqual({
        id: 'sons',
        business: { name: HOSTILE },
        greeting: 'This is a draft.',
      });
      expect(await page.title()).toBe(`${HOSTILE} · Callchart`);
      expect(await page.locator('img').count()).toBe(0);
      expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
      await close();
    },
    PATIENCE_MS,
  );
});
