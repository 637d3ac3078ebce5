import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const { forbidden = [], options = {} } = createRequire(import.meta.url)(
  '../../.dependency-cruiser.cjs',
) as IConfiguration;

/** For each rule: a file, what it imports, and the target. Each breaks that rule. */
const violations: Record<string, readonly [file: string, imports: string][]> = {
  'no-cycles': [['src/media/egg.ts', './hen.ts']],
  'no-dangling-imports': [['src/media/lost.ts', './nowhere.ts']],
  'foundations-lean-on-nobody': [
    ['src/errors.ts', 'zod'],
    ['src/clock.ts', './media/line.ts'],
  ],
  'protocol-knows-nobody': [
    ['src/protocol/a.ts', '../media/line.ts'],
    ['src/protocol/b.ts', 'ws'],
    ['src/protocol/c.ts', 'node:fs'],
  ],
  'media-is-pure': [
    ['src/media/a.ts', '../errors.ts'],
    ['src/media/b.ts', 'node:fs'],
  ],
  'machines-do-not-act': [
    ['src/machines/call/a.ts', '../../services/calls/live.ts'],
    ['src/machines/call/b.ts', '../../protocol/words.ts'],
    ['src/machines/call/c.ts', 'ws'],
  ],
  'services-see-contracts-only': [['src/services/twilio/a.ts', '../../machines/call/call.machine.ts']],
  'no-loose-service': [['src/services/calls/loose.ts', '../lost.ts']],
  'services-floor-0': [
    ['src/services/storage/up.ts', '../cards/digits.ts'],
    ['src/services/cards/up.ts', '../calls/live.ts'],
  ],
  'services-floor-1': [['src/services/openai/up.ts', '../telemetry/fine.ts']],
  'services-floor-2': [['src/services/phone/up.ts', '../twilio/fine.ts']],
  'services-floor-3': [['src/services/agents/up.ts', '../http/fine.ts']],
  'services-floor-4': [
    ['src/services/calls/up.ts', '../http/fine.ts'],
    ['src/services/http/up.ts', '../twilio/fine.ts'],
  ],
  'services-floor-5': [['src/services/backup/up.ts', '../twilio/fine.ts']],
  'storage-by-its-ports': [['src/services/tools/a.ts', '../storage/sqlite/store.ts']],
  'charts-and-frames-know-no-service': [
    ['src/observation/a.ts', '../services/calls/live.ts'],
    ['src/charts/a.ts', '../simulator/caller.ts'],
  ],
  'services-do-not-reach-up': [
    ['src/services/twilio/c.ts', '../../simulator/caller.ts'],
    ['src/services/calls/live.ts', '../../server.ts'],
  ],
  'sql-stays-in-storage': [
    ['src/services/http/a.ts', 'better-sqlite3'],
    ['src/services/storage/rules/a.ts', 'better-sqlite3'],
  ],
  'carrier-is-one-folder': [
    ['src/services/phone/a.ts', '../twilio/fine.ts'],
    ['src/services/desk/a.ts', '../../protocol/twilio-words.ts'],
    ['console/calls/b.ts', '../../src/protocol/twilio-words.ts'],
  ],
  'simulator-is-a-far-end': [
    ['src/simulator/a.ts', '../services/twilio/fine.ts'],
    ['src/simulator/b.ts', '../machines/call/call.events.ts'],
  ],
  'proof-knows-charts-only': [
    ['src/testing/a.ts', '../machines/call/call.events.ts'],
    ['src/testing/b.ts', '../charts/b.ts'],
    ['src/testing/c.ts', 'vitest'],
  ],
  'charts-do-not-prove-themselves': [['src/services/http/d.ts', '../../testing/explore.ts']],
  'console-is-a-page': [
    ['console/a.ts', '../src/charts/chart.ts'],
    ['console/b.ts', '../src/machines/call/call.events.ts'],
    ['console/softphone/b.ts', '../../src/media/line.ts'],
  ],
  'page-plays-audio-in-two-folders': [['console/calls/a.ts', '../../src/media/g711.ts']],
  'nobody-leans-on-the-page': [['src/server.ts', '../console/fine.ts']],
  'one-door-to-elk': [['src/charts/b.ts', 'elkjs']],
  'settings-come-as-arguments': [['src/services/http/b.ts', '../../config.ts']],
  'server-is-the-top': [['src/simulator/c.ts', '../server.ts']],
  'no-barrels': [['src/media/c.ts', './index.ts']],
  'no-test-in-src': [['src/media/d.ts', '../../test/support/fake.ts']],
  'no-dev-dependency-in-src': [['src/services/http/c.ts', 'fast-check']],
};

/** Imports that the rules allow: a rule that catches these catches too much. */
const allowed: readonly [file: string, imports: string][] = [
  ['src/media/hen.ts', './egg.ts'],
  ['src/media/line.ts', './index.ts'],
  ['src/media/index.ts', ''],
  ['src/protocol/words.ts', 'zod'],
  ['src/protocol/twilio-words.ts', 'zod'],
  ['src/services/twilio/words.ts', '../../protocol/twilio-words.ts'],
  ['src/machines/call/call.events.ts', '../../media/line.ts'],
  ['src/machines/call/call.machine.ts', 'xstate'],
  ['src/services/twilio/fine.ts', '../../machines/call/call.events.ts'],
  ['src/services/openai/session.ts', '../../protocol/words.ts'],
  ['src/services/telemetry/fine.ts', '../storage/journal.port.ts'],
  ['src/services/cards/digits.ts', ''],
  ['src/services/lost.ts', ''],
  ['src/services/http/fine.ts', '../telemetry/fine.ts'],
  ['src/services/storage/sqlite/store.ts', 'better-sqlite3'],
  ['src/services/storage/journal.port.ts', ''],
  ['src/services/tools/fine.ts', '../storage/journal.port.ts'],
  ['src/services/calls/running.ts', '../../machines/call/call.machine.ts'],
  ['src/simulator/caller.ts', '../protocol/words.ts'],
  ['src/charts/chart-layout.ts', 'elkjs'],
  ['src/charts/chart.ts', 'xstate'],
  ['src/testing/explore.ts', '../charts/chart.ts'],
  ['console/fine.ts', '../src/protocol/words.ts'],
  ['console/vite.config.ts', 'vite'],
  ['console/softphone/fine.ts', '../../src/media/g711.ts'],
  ['console/softphone/line.ts', '../../src/protocol/twilio-words.ts'],
  ['src/media/g711.ts', ''],
  ['console/page.ts', 'react'],
  ['src/config.ts', ''],
  ['src/server.ts', './config.ts'],
  ['src/cli/serve.ts', '../server.ts'],
  ['test/support/fake.ts', '../../src/media/line.ts'],
];

describe('the rooms', () => {
  const house = mkdtempSync(join(tmpdir(), 'callchart-rooms-'));
  const planted = Object.values(violations).flat();
  let caught: { rule: string; from: string }[] = [];

  beforeAll(async () => {
    const imports = new Map<string, string[]>();
    for (const [file, target] of [...allowed, ...planted]) {
      imports.set(file, [...(imports.get(file) ?? []), ...(target === '' ? [] : [target])]);
    }
    for (const [file, targets] of imports) {
      mkdirSync(dirname(join(house, file)), { recursive: true });
      const lines = targets.map((target, at) => `import * as thing${String(at)} from '${target}';\n`);
      writeFileSync(join(house, file), `${lines.join('')}export const here = 1;\n`);
    }
    symlinkSync(resolve('node_modules'), join(house, 'node_modules'));
    for (const file of ['package.json', 'tsconfig.json']) symlinkSync(resolve(file), join(house, file));

    const { output } = await cruise(['src', 'console', 'test'], {
      ...options,
      tsConfig: {},
      baseDir: house,
      preserveSymlinks: true,
      validate: true,
      ruleSet: { forbidden },
    });
    caught = (output as ICruiseResult).summary.violations.map(({ rule, from }) => ({
      rule: rule.name,
      from,
    }));
  }, 30_000);

  afterAll(() => {
    rmSync(house, { recursive: true });
  });

  test('the rooms have a planted violation for every rule, and a comment that says what to do', () => {
    expect(Object.keys(violations)).toEqual(forbidden.map(({ name }) => name));
    for (const { comment = '' } of forbidden) expect(comment).toMatch(/\w{3,} .*\./);
  });

  test.each(Object.entries(violations))('the rule of rooms %s fires on what breaks it', (rule, files) => {
    const by = caught.filter((violation) => violation.rule === rule).map(({ from }) => from);
    expect(by).toEqual(expect.arrayContaining(files.map(([file]) => file)));
  });

  test('the rooms let through what is allowed', () => {
    const innocent = new Set(allowed.map(([file]) => file));
    for (const [file] of planted) innocent.delete(file);
    // The other half of the cycle, and a door to the barrel, are guilty by nature.
    for (const file of ['src/media/hen.ts', 'src/media/line.ts']) innocent.delete(file);
    expect(caught.filter(({ from }) => innocent.has(from))).toEqual([]);
  });
});
