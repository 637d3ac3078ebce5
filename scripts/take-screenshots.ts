/**
 * Takes the pictures of docs/pictures from a running engine with real calls: `npm run build`, then this. Needs Chromium
 * (`CHROMIUM_PATH`, or `/usr/bin/chromium`) and some two minutes, for calls are made in real time.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { loadEnvironment, readConfig } from '../src/config.ts';
import { type RunningEngine, startEngine } from '../src/server.ts';

const PICTURES = 'docs/pictures';
const SIZE = { width: 1440, height: 900 };

/** The call that the pictures are about. */
const BOOKING = `I would like to book a cleaning for tomorrow at ten thirty
!barge-in what are your opening hours
my name is john smith
thank you
goodbye
`;
const SHORT = `what are your opening hours
!hang-up
`;
/** Numbers reserved for fiction. */
const OTHERS = ['+12025550118', '+442079460958', '+12025550162', '+33199005550'];

const folder = mkdtempSync(join(tmpdir(), 'callchart-pictures-'));

function callOf(engine: RunningEngine, name: string, script: string, from: string): ChildProcess {
  const file = join(folder, `${name}.txt`);
  writeFileSync(file, script);
  const flags = ['call', '--url', engine.url, '--script', file, '--from', from];
  return spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...flags], { stdio: 'ignore' });
}

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate('document.fonts.ready');
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' });
  process.stdout.write(`${PICTURES}/${name}.png\n`);
}

async function pageOf(browser: Browser, engine: RunningEngine, colorScheme: 'light' | 'dark'): Promise<Page> {
  const context = await browser.newContext({
    baseURL: engine.url,
    viewport: SIZE,
    colorScheme,
    locale: 'en-GB',
    timezoneId: 'America/New_York',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  // Nobody has said these words but the script.
  await page.addInitScript("sessionStorage.setItem('callchart.words', 'shown')");
  return page;
}

/** Steps through the log until a state is lit. */
async function walkTo(page: Page, path: string): Promise<void> {
  await page.getByRole('listbox', { name: 'Rows of the log' }).press('Home');
  const state = page.locator(`[data-path="${path}"][data-innermost]`);
  for (let step = 0; step < 300 && (await state.count()) === 0; step++) {
    await page.getByRole('slider', { name: 'Place in the call' }).press('ArrowRight');
  }
}

async function takeAll(browser: Browser, engine: RunningEngine): Promise<void> {
  await Promise.all(
    OTHERS.map((from, at) => once(callOf(engine, `short-${String(at)}`, SHORT, from), 'exit')),
  );
  const booking = callOf(engine, 'booking', BOOKING, '+12025550123');

  const light = await pageOf(browser, engine, 'light');
  await light.goto('/');
  const live = light.getByRole('list', { name: 'Calls in progress' });
  await live.getByText('caller speaks').waitFor();
  await live.getByText('agent speaks').waitFor({ timeout: 60_000 });
  await take(light, 'calls');

  await once(booking, 'exit');
  await light.getByRole('list', { name: 'Ended calls' }).getByRole('link', { name: '+12025550123' }).click();
  await walkTo(light, 'conversing.interrupted');
  for (let step = 0; step < 8; step++) await light.keyboard.press('ArrowRight');
  await take(light, 'call');

  const dark = await pageOf(browser, engine, 'dark');
  await dark.goto(light.url());
  await walkTo(dark, 'conversing.toolExecuting');
  await dark.getByRole('button', { name: 'Every state' }).click();
  await dark.getByRole('tab', { name: 'Latency' }).click();
  await take(dark, 'call-dark');

  for (const [path, name] of [
    ['/chart', 'chart'],
    ['/agents/default', 'agents'],
    ['/softphone', 'softphone'],
  ] as const) {
    await light.goto(path);
    await light.waitForLoadState('networkidle');
    if (name === 'chart') {
      await light.getByText('Test calls, too').click();
      await light.waitForLoadState('networkidle');
    }
    await take(light, name);
  }
}

mkdirSync(PICTURES, { recursive: true });
const engine = await startEngine(
  readConfig({
    ...loadEnvironment(),
    PORT: '0',
    HOST: '127.0.0.1',
    DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
    LOG_LEVEL: 'error',
    DRAIN_MS: '0',
  }),
);
const browser = await chromium.launch({
  executablePath: loadEnvironment()['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  await takeAll(browser, engine);
} finally {
  await browser.close();
  await engine.close();
  rmSync(folder, { recursive: true });
}
