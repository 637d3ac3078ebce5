import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPackageRegistry } from '../support/package-registry.ts';

/** A build, an install of some 200 packages, a call: a minute and a half, and slow machines take their time. */
const PATIENCE_MS = 900_000;

const root = mkdtempSync(join(tmpdir(), 'callchart-package-'));
const checkout = join(root, 'checkout');
const shop = join(root, 'shop');

/** As a newcomer has it: no npm cache, no settings of npm's, and none of ours. */
let environment: NodeJS.ProcessEnv;
let packed: { readonly filename: string; readonly files: readonly { readonly path: string }[] };
let registry: Awaited<ReturnType<typeof startPackageRegistry>>;

/** Runs a command to its end; what it complained about is in the error when it fails. */
async function run(folder: string, command: string, ...words: string[]): Promise<string> {
  const child = spawn(command, words, { cwd: folder, env: environment });
  let out = '';
  let err = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0)
    throw new Error(`${[command, ...words].join(' ')} ended with ${String(code)}: ${out}${err}`);
  return out;
}

/** An engine that was started through npm. */
async function serving(folder: string, command: string, ...words: string[]) {
  const child = spawn(command, words, { cwd: folder, env: { ...environment, PORT: '0' } });
  const url = await urlOf(child);
  return {
    url,
    /** SIGTERM to npm, and to nothing else. Resolves when all that holds its output has ended: the engine too. */
    async stop(): Promise<number | null> {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      const [code] = (await closed) as [number | null];
      return code;
    },
  };
}

function urlOf({ stdout, stderr }: ChildProcess): Promise<string> {
  let text = '';
  return new Promise((found, failed) => {
    for (const stream of [stdout, stderr]) {
      stream?.on('data', (part: Buffer) => {
        text += part.toString();
        const url = /listens at (\S+)/.exec(text)?.[1];
        if (url !== undefined) found(url);
      });
    }
    stdout?.once('end', () => {
      failed(new Error(`no engine came up: ${text}`));
    });
  });
}

const builtAt = (folder: string) => statSync(join(folder, 'dist/cli/main.js')).mtimeMs;

beforeAll(async () => {
  registry = await startPackageRegistry(join(root, 'scratch'));
  const settings = join(root, 'npmrc');
  writeFileSync(
    settings,
    `registry=${registry.url}\ncache=${join(root, 'cache')}\naudit=false\nfund=false\nupdate-notifier=false\nyes=true\n`,
  );
  environment = {
    PATH: process.env['PATH'],
    HOME: root,
    npm_config_userconfig: settings,
    LOG_LEVEL: 'error',
  };

  // A clean clone, with what has not been committed yet.
  mkdirSync(checkout);
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z']);
  const files = listed.toString().split('\0').filter(existsSync).join('\0');
  execFileSync('tar', ['--null', '-T', '-', '-cf', join(root, 'clone.tar')], { input: files });
  execFileSync('tar', ['-xf', join(root, 'clone.tar'), '-C', checkout]);
  symlinkSync(resolve('node_modules'), join(checkout, 'node_modules'));
  const told = await run(checkout, 'npm', 'pack', '--json', '--foreground-scripts=false');
  [packed] = JSON.parse(told) as [typeof packed];
}, PATIENCE_MS);

afterAll(async () => {
  await registry.close();
  rmSync(root, { recursive: true, force: true });
}, PATIENCE_MS);

test('the package has what an engine is made of, and nothing else', () => {
  const paths = packed.files.map(({ path }) => path);
  const allowed =
    /^(?:LICENSE|README\.md|package\.json|bin\/[\w-]+\.js|dist\/.+|assets\/(?:agent-profile\.schema|openapi|top-level-domains)\.json|assets\/(?:charts|clips|scenarios|silero|starter)\/.+)$/;
  expect(paths.filter((path) => !allowed.test(path))).toEqual([]);
  expect(paths.filter((path) => path.endsWith('.map') || /\.tsx?$(?<!\.d\.ts)/.test(path))).toEqual([]);
  expect(paths).toEqual(
    expect.arrayContaining([
      ...['bin/callchart.js', 'bin/tool-hooks.js', 'dist/cli/main.js', 'dist/tool.js', 'dist/tool.d.ts'],
      ...['dist/testing.js', 'dist/testing.d.ts', 'assets/top-level-domains.json'],
      ...[
        'dist/console/index.html',
        'assets/silero/LICENSE',
        'assets/starter/env',
        'assets/agent-profile.schema.json',
        'assets/openapi.json',
      ],
    ]),
  );
});

describe('installed in an empty folder', () => {
  beforeAll(async () => {
    mkdirSync(shop);
    await run(shop, 'npm', 'install', join(checkout, packed.filename));
  }, PATIENCE_MS);

  test(
    'the installed package writes a start, answers a call with it, and ends with npx',
    { timeout: PATIENCE_MS },
    async () => {
      expect(await run(shop, 'npx', 'callchart', 'init')).toContain('npx callchart serve');
      const engine = await serving(shop, 'npx', 'callchart', 'serve');
      expect((await fetch(`${engine.url}/readyz`)).status).toBe(200);
      expect((await fetch(engine.url)).headers.get('content-type')).toContain('text/html');

      const words = ['--say', 'how much is a tune up', '--say', 'thank you goodbye', '--json'];
      const told = await run(shop, 'npx', 'callchart', 'call', ...words);
      const news = told
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      // Its own scenario and its own tool.
      const said = news
        .filter(({ type, role }) => type === 'said' && role === 'agent')
        .map(({ text }) => text);
      expect(said.join('\n')).toContain('A tune up is 60 dollars.');
      expect(news.at(-1)).toMatchObject({ type: 'ended', endReason: 'agent_ended' });
      expect(news[0]).toMatchObject({ type: 'calling', isStarted: false });

      await engine.stop();
      await expect(fetch(`${engine.url}/healthz`)).rejects.toThrow();
      // An engine that closes in good order takes its note away; one that is killed leaves it.
      expect(existsSync(join(shop, 'data/calls.sqlite'))).toBe(true);
      expect(existsSync(join(shop, 'data/calls.sqlite-owner'))).toBe(false);
    },
  );
});

describe('a clone with a build, and packages for production only', () => {
  let built: number;

  beforeAll(async () => {
    built = builtAt(checkout);
    rmSync(join(checkout, 'node_modules'));
    // The registry packs anew what is installed here, so its sums are others.
    const path = join(checkout, 'package-lock.json');
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/^ *"integrity": .*\n/gm, ''));
    await run(checkout, 'npm', 'ci', '--omit=dev');
  }, PATIENCE_MS);

  test(
    'a clone with a build starts with npm start, and SIGTERM to npm ends it with 0',
    { timeout: PATIENCE_MS },
    async () => {
      const engine = await serving(checkout, 'npm', 'start');
      expect((await fetch(`${engine.url}/readyz`)).status).toBe(200);
      expect(await engine.stop()).toBe(0);
      expect(existsSync(join(checkout, 'data/calls.sqlite-owner'))).toBe(false);
    },
  );

  test(
    'a clone with a build runs its commands with npx, and builds nothing',
    { timeout: PATIENCE_MS },
    async () => {
      expect(await run(checkout, 'npx', 'callchart', '--help')).toContain('callchart');
      expect(builtAt(checkout)).toBe(built);
    },
  );
});
