import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What the page is made of: another one of these is another page. */
const SOURCES = ['console', 'src/protocol', 'src/media', 'package-lock.json'];
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/** What a page does takes moments; on a machine that builds something else, seconds. */
const WITHIN_MS = 15_000;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/**
 * The browser on this machine: `CHROMIUM_PATH`, or one where it is usually installed, or one in `PATH`. Undefined where
 * there is none, and tests of the page cannot be run: that is said aloud.
 */
export function browserPath(): string | undefined {
  const found = candidates().find((path) => existsSync(path));
  if (found === undefined) {
    process.stderr.write(
      'NO CHROMIUM: tests of the console are skipped. Install it, or set CHROMIUM_PATH.\n',
    );
  }
  return found;
}

function candidates(): string[] {
  const named = process.env['CHROMIUM_PATH'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const searched = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return named === undefined ? [...CHROMIUM, ...searched] : [named];
}

export async function openBrowser(args: readonly string[] = []): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === undefined) throw new Error('there is no Chromium: apt-get install chromium');
  // A page whose files a test puts in comes from no address, and would need leave to reach the engine's.
  const here = '--disable-features=LocalNetworkAccessChecks';
  return chromium.launch({ executablePath, args: ['--no-sandbox', here, ...args] });
}

/**
 * Builds the page as it is in `console`, once for each state of the sources. Test
 * files that run side by side may both build; the first one's result stands.
 */
export async function buildConsole(): Promise<string> {
  const folder = join(ROOT, 'node_modules/.cache/callchart-console', fingerprint());
  if (existsSync(folder)) return folder;
  mkdirSync(join(folder, '..'), { recursive: true });
  const own = mkdtempSync(join(tmpdir(), 'callchart-console-'));
  await build({
    configFile: join(ROOT, 'console/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: join(own, 'console'), emptyOutDir: true },
  });
  const parts = readdirSync(join(own, 'console'));
  expect(parts).toContain('index.html');
  try {
    renameSync(join(own, 'console'), folder);
  } catch {
    if (!existsSync(folder)) throw new Error(`the built console could not be moved to ${folder}`);
  }
  rmSync(own, { recursive: true, force: true });
  return folder;
}

function fingerprint(): string {
  const hash = createHash('sha256');
  const add = (path: string) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(path).update(readFileSync(path));
  };
  for (const source of SOURCES) add(join(ROOT, source));
  return hash.digest('hex').slice(0, 16);
}

/** A page of the console, and what it complained of. */
export interface ConsolePage {
  readonly page: Page;
  /** Errors of the page and of its policy, as they come. */
  readonly complaints: string[];
  readonly close: () => Promise<void>;
}

/**
 * Opens the console of an engine. The files are those of `folder`, the headers
 * are the engine's own: its content security policy holds in tests as it does outside.
 */
export async function openConsole(
  browser: Browser,
  {
    url,
    path = '/',
    folder,
    permissions = [],
    words = 'shown',
    ...options
  }: { url: string; path?: string; folder: string; words?: 'shown' | 'hidden' } & BrowserContextOptions,
): Promise<ConsolePage> {
  const headers = Object.fromEntries((await fetch(url, { headers: { Accept: 'text/html' } })).headers);
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  const context = await browser.newContext({
    baseURL: url,
    locale: 'en-GB',
    timezoneId: 'UTC',
    ...options,
    permissions, // What is not named is denied.
  });
  await context.route(
    ({ pathname }) => !/^\/(api|twilio|metrics|healthz|readyz)\b/.test(pathname),
    async (route) => {
      const { pathname } = new URL(route.request().url());
      const file = extname(pathname) === '' ? join(folder, 'index.html') : join(folder, pathname);
      if (!existsSync(file)) return route.fulfill({ status: 404 });
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      return route.fulfill({
        body: readFileSync(file),
        headers: {
          'content-type': type,
          'content-security-policy': headers['content-security-policy'] ?? '',
          'x-content-type-options': 'nosniff',
        },
      });
    },
  );
  if (words === 'shown') {
    // As for a viewer who has asked for words in this tab.
    await context.addInitScript({ content: "sessionStorage.setItem('callchart.words', 'shown')" });
  }
  const page = await context.newPage();
  page.setDefaultTimeout(WITHIN_MS);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(path);
  return { page, complaints, close: () => context.close() };
}

/** What axe finds in a page that keeps people from using it. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Through the protocol, not as a script element: the page's policy would refuse that, and should.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}
