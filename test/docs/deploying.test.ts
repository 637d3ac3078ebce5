import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EXIT } from '../../src/cli/terminal.ts';
import { ERRORS } from '../../src/errors.ts';
import { REFUSAL_CAUSES } from '../../src/protocol/refusal-causes.ts';
import { SUPERVISION } from '../../src/services/telemetry/metric-rows.ts';
import { Metrics } from '../../src/services/telemetry/metrics.ts';
import { SETTINGS } from '../../src/settings.ts';

const textOf = (file: string) => readFileSync(file, 'utf8');
/** What an engine that is told to stop takes beyond `DRAIN_MS`, in ms. */
const LAST_STEPS_MS = 5000;
const toStopMs = Number(SETTINGS.DRAIN_MS.fallback) + LAST_STEPS_MS;

test('the guide to deploying names every sample, and no other', () => {
  const guide = textOf('docs/guide/deploying.md');
  const named = [...guide.matchAll(/\]\(\.\.\/\.\.\/(deploy\/[\w.-]+)\)/g)].map(([, file]) => file);
  expect([...new Set(named)].sort()).toEqual(
    readdirSync('deploy')
      .map((name) => `deploy/${name}`)
      .sort(),
  );
});

test('the guide to deploying names only settings that there are', () => {
  const blocks = [...textOf('docs/guide/deploying.md').matchAll(/^```sh\n([^]*?)^```/gm)].map(
    ([, text = '']) => text,
  );
  const set = blocks.flatMap((text) => [...text.matchAll(/^([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name));
  expect(set.length).toBeGreaterThan(5);
  expect(set.filter((name) => !(name in SETTINGS))).toEqual([]);
});

describe('the service', () => {
  const unit = textOf('deploy/callchart.service');
  const valueOf = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];
  const hasTool = spawnSync('systemd-analyze', ['--version']).status === 0;
  if (!hasTool) process.stderr.write('NO systemd-analyze: the service is not checked by it.\n');

  test.runIf(hasTool)('every line of the systemd service is understood by systemd', () => {
    const { stderr, status } = spawnSync('systemd-analyze', ['verify', 'deploy/callchart.service'], {
      encoding: 'utf8',
    });
    const about = stderr.split('\n').filter((line) => line.includes('callchart.service'));
    // Node need not be where it is in production.
    expect(about.filter((line) => !line.includes('/usr/bin/node is not executable'))).toEqual([]);
    expect(status === 0 || about.length > 0).toBe(true);
  });

  test('the systemd service starts a program that there is, and gives it the time to stop', () => {
    const [node, script = '', ...words] = valueOf('ExecStart')?.split(' ') ?? [];
    expect(node).toBe('/usr/bin/node');
    expect(existsSync(script.replace('/opt/callchart/', ''))).toBe(true);
    expect(words).toEqual(['serve']);
    expect(Number(valueOf('TimeoutStopSec')) * 1000).toBeGreaterThanOrEqual(toStopMs);
    expect(valueOf('KillSignal')).toBe('SIGTERM');
  });

  test('the systemd service starts anew after an exception, and has one user and one folder', () => {
    expect(valueOf('Restart')).toBe('on-failure');
    expect(unit).toContain(`${String(EXIT.crashed)}: an exception that nobody caught`);
    expect(unit).toMatch(/^User=callchart$/m);
    for (const line of [
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'StateDirectory=callchart',
      'UMask=0077',
    ])
      expect(unit).toContain(`\n${line}\n`);
    // V8 writes code and runs it.
    expect(valueOf('MemoryDenyWriteExecute')).toBeUndefined();
  });
});

describe('the image', () => {
  const lines = textOf('deploy/Dockerfile')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const wordsOf = (name: string, within = last) =>
    within.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const copied = wordsOf('COPY', lines).filter((words) => !words.includes('--from='));
  const sources = copied.flatMap((words) =>
    words
      .split(' ')
      .filter((word) => !word.startsWith('--'))
      .slice(0, -1),
  );
  const arrayOf = (text = '') => JSON.parse(text) as string[];

  test('the image is made of files that there are, and that are let in', () => {
    const ignored = textOf('.dockerignore').split('\n');
    expect(ignored).toContain('*');
    expect(sources.length).toBeGreaterThan(8);
    for (const source of sources) {
      expect(existsSync(source), source).toBe(true);
      expect(ignored).toContain(`!${source}`);
    }
    const tracked = execFileSync('git', ['ls-files', ...sources], { encoding: 'utf8' }).split('\n');
    for (const source of sources)
      expect(
        tracked.some((file) => file.startsWith(source)),
        source,
      ).toBe(true);
  });

  test('the image has everything that a package has, and what it needs to run', () => {
    const { files, bin } = JSON.parse(textOf('package.json')) as {
      files: string[];
      bin: { callchart: string };
    };
    const folders = wordsOf('COPY').map((words) => words.split(' ').at(-2)?.replace('/opt/callchart/', ''));
    const needed = files.filter((file) => !file.startsWith('!')).map((file) => file.split('/')[0]);
    expect(folders).toEqual(expect.arrayContaining([...new Set(needed), 'node_modules', 'package.json']));
    expect(arrayOf(wordsOf('ENTRYPOINT')[0])).toEqual(['node', `/opt/callchart/${bin.callchart}`]);
    expect(arrayOf(wordsOf('CMD')[0])).toEqual(['serve']);
  });

  test('the image runs as a user of its own, without what only builds it, and hears SIGTERM itself', () => {
    expect(wordsOf('USER')).toEqual(['callchart']);
    expect(lines.findIndex((line) => line.includes('npm prune --omit=dev'))).toBeGreaterThan(
      lines.findIndex((line) => line.includes('npm run build')),
    );
    expect(wordsOf('STOPSIGNAL')).toEqual(['SIGTERM']);
    const stopTimeout = /--stop-timeout (\d+)/.exec(textOf('deploy/Dockerfile'))?.[1];
    expect(Number(stopTimeout) * 1000).toBeGreaterThanOrEqual(toStopMs);
  });

  test('the image names only scripts and settings that there are', () => {
    const { scripts, allowScripts } = JSON.parse(textOf('package.json')) as Record<
      string,
      Record<string, unknown>
    >;
    for (const [, name = ''] of lines.join('\n').matchAll(/npm run (\S+)/g))
      expect(scripts).toHaveProperty(name);
    const rebuilt = /npm rebuild (.*)$/m.exec(lines.join('\n'))?.[1]?.split(' ').sort();
    expect(rebuilt).toEqual(
      Object.entries(allowScripts ?? {})
        .filter(([, isAllowed]) => isAllowed === true)
        .map(([name]) => name)
        .sort(),
    );
    const set = wordsOf('ENV').flatMap((words) => words.split(' ').map((each) => each.split('=')[0] ?? ''));
    expect(set.length).toBeGreaterThan(3);
    expect(set.filter((name) => !(name in SETTINGS))).toEqual([]);
  });

  test.each([
    [200, 0],
    [503, 1],
  ])('the image is healthy by what /healthz answers: %i', async (status, code) => {
    const asked: (string | undefined)[] = [];
    const server = createServer(({ url }, response) => {
      asked.push(url);
      response.writeHead(status).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const [, ...words] = arrayOf(/HEALTHCHECK .*? CMD (\[.*\])$/m.exec(lines.join('\n'))?.[1]);
    const PORT = String((server.address() as AddressInfo).port);
    const ended = await promisify(execFile)(process.execPath, words, { env: { PORT } }).then(
      () => 0,
      (thrown: unknown) => (thrown as { code?: number }).code,
    );
    expect(ended).toBe(code);
    expect(asked).toEqual(['/healthz']);
  });
});

describe('the alerts', () => {
  const rules = textOf('deploy/alerts.yml');
  const expressions = [...rules.matchAll(/^ {8}expr: ((?:>-\n(?: {10}.*\n)+)|.*\n)/gm)].map(
    ([, text = '']) => text,
  );
  const all = expressions.join('\n');

  test('the alerts are one expression each, and tell people what it means', () => {
    const count = (pattern: RegExp) => [...rules.matchAll(pattern)].length;
    expect(expressions.length).toBeGreaterThan(8);
    expect(count(/^ {6}- alert: Callchart\w+$/gm)).toBe(expressions.length);
    expect(count(/^ {10}summary: \S.*[.?]$/gm)).toBe(expressions.length);
    expect(count(/^ {8}labels: \{ severity: (?:page|ticket) \}$/gm)).toBe(expressions.length);
  });

  test('alerts of a model that is down know every way in which it can be', () => {
    const [, causes = ''] = /component="model", cause=~"([A-Z_|]+)"/.exec(all) ?? [];
    const ways = Object.entries(ERRORS)
      .filter(([code, { fault }]) => code.startsWith('MODEL_') && fault === 'network')
      .map(([code]) => code);
    expect(causes.split('|').sort()).toEqual([...ways, 'MODEL_REFUSED'].sort());
  });

  test('the alerts ask for metrics that the engine publishes, by their labels', async () => {
    const metrics = new Metrics(() => 0);
    metrics.fault('model', 'MODEL_LOST');
    const { text } = await metrics.exposition();
    const ofSeveral = Object.values(SUPERVISION).map(({ name }) => name);
    const published = new Set(
      [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name).concat(ofSeveral),
    );
    const asked = [...all.matchAll(/\b(?:callchart|nodejs|process)_\w+/g)].map(([name]) => name);
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !published.has(name.replace(/_bucket$/, '')))).toEqual([]);

    const reference = textOf('docs/reference/metrics.md');
    for (const [, name = '', labels = ''] of all.matchAll(/\b(callchart_\w+)\{([^}]*)\}/g)) {
      const row = reference.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';
      for (const [, label = ''] of labels.matchAll(/(\w+)=/g)) expect(row, name).toContain(`\`${label}\``);
    }
  });

  test('the alerts name only causes that there are', () => {
    const known = new Set([...Object.keys(ERRORS), ...Object.keys(REFUSAL_CAUSES)]);
    const causes = [...all.matchAll(/cause=~?"([^"]+)"/g)].flatMap(([, names = '']) => names.split('|'));
    expect(causes.length).toBeGreaterThan(5);
    expect(causes.filter((cause) => !known.has(cause))).toEqual([]);
  });
});

test('the sample of a proxy lets a call be silent for as long as one may last', () => {
  const patience = [...textOf('deploy/nginx.conf').matchAll(/proxy_(?:read|send)_timeout (\d+)h;/g)];
  expect(patience.map(([, hours]) => Number(hours) >= 1)).toEqual([true, true]);
});
