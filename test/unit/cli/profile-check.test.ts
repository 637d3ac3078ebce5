import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { commandLine, runCommandLine } from '../../../src/cli/command-line.ts';
import { checkProfiles } from '../../../src/cli/profile-check.ts';
import { readConfig } from '../../../src/config.ts';
import { temporaryFolder } from '../../support/journal.ts';

function folderOf(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(temporaryFolder(), name);
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

const BROKEN = {
  'default.json':
    '{\n  "id": "default",\n  "busines": { "name": "N" },\n  "limits": { "idleMs": "long" }\n}\n',
  'other.json': '{\n  "id": "other",\n}\n',
};

const PROBLEMS = [
  /default\.json:1:1 business: /,
  /default\.json:4:25 limits\.idleMs: /,
  /default\.json:3:3 busines: is unknown, did you mean "business"\?$/,
  /other\.json:3:1: is not JSON: /,
];

afterEach(() => {
  vi.unstubAllEnvs();
});

// Each opens a database in a thread of its own, and one loads files of tools: slow where much else runs.
describe('the doctor', { timeout: 60_000 }, () => {
  test('the doctor tells every problem of every profile, and ends with 1', async () => {
    vi.stubEnv('AGENTS_DIR', folderOf('agents', BROKEN));
    vi.stubEnv('TOOLS_DIR', '');
    vi.stubEnv('OPENAI_API_KEY', '');
    const printed: string[] = [];
    const terminal = {
      hasColours: false,
      print: (line: string) => printed.push(line),
      complain: (line: string) => printed.push(line),
    };
    const code = await runCommandLine(commandLine(terminal), ['node', 'callchart', 'doctor'], terminal);
    expect(code).toBe(1);
    const told = printed.filter((line) => /^BAD .*\.json/.test(line));
    expect(told).toEqual(PROBLEMS.map((problem) => expect.stringMatching(problem) as string));
  });

  test('the doctor finds the profiles that come with the engine sound', async () => {
    expect(await checkProfiles(readConfig({}))).toEqual([
      { isSound: true, text: 'AGENTS_DIR: every agent profile can be used' },
    ]);
  });

  test.each<[string, () => Record<string, string>, RegExp]>([
    [
      'a folder that is not there',
      () => ({ AGENTS_DIR: '/nowhere/at/all' }),
      /\/nowhere\/at\/all: cannot be read \(ENOENT\)$/,
    ],
    [
      'a folder without profiles',
      () => ({ AGENTS_DIR: folderOf('agents', {}) }),
      /default\.json: is missing/,
    ],
    [
      'a file of tools that is none',
      () => ({ TOOLS_DIR: folderOf('tools', { 'bad.js': 'export default 1;\n' }) }),
      /bad\.js/,
    ],
    [
      'a secret that is not set',
      () => ({
        AGENTS_DIR: folderOf('agents', {
          'default.json': JSON.stringify({
            id: 'default',
            business: { name: 'N' },
            tools: ['look_up'],
            webhooks: [
              { name: 'look_up', description: 'x', url: 'https://example.com/', secret: 'TOOL_GONE' },
            ],
          }),
        }),
      }),
      /default\.json:1:\d+ webhooks\.0\.secret: .*TOOL_GONE/,
    ],
  ])('the doctor tells %s, in one line', async (_, settings, text) => {
    const findings = await checkProfiles(readConfig(settings()));
    expect(findings).toEqual([{ isSound: false, text: expect.stringMatching(text) as string }]);
    expect(findings[0]?.text).not.toContain('\n');
  });
});
