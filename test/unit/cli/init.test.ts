import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { init } from '../../../src/cli/init.ts';
import { UsageError } from '../../../src/cli/terminal.ts';
import { readConfig } from '../../../src/config.ts';
import { Agents } from '../../../src/services/agents/agents.ts';
import { readScenario } from '../../../src/simulator/scenario.ts';
import { temporaryFolder } from '../../support/journal.ts';

const HOUSE_TOOLS = ['check_availability', 'book_appointment', 'create_lead', 'end_call'];

async function started(folder: string) {
  const lines: string[] = [];
  const terminal = {
    hasColours: false,
    print: (line: string) => lines.push(line),
    complain: () => undefined,
  };
  const exitCode = await init(terminal, folder);
  return { exitCode, text: lines.join('\n') };
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .toSorted();

test('an empty folder gets settings, an agent, a tool and a scenario that fit each other', async () => {
  const folder = temporaryFolder();
  const { exitCode, text } = await started(folder);

  expect(exitCode).toBe(0);
  const files = ['.env', '.gitignore', 'agents/default.json', 'scenario.json', 'tools/quote_price.mjs'];
  expect(filesIn(folder)).toEqual(files);
  for (const file of files) expect(text).toMatch(new RegExp(`^wrote +${file.replaceAll('.', '\\.')} `, 'm'));
  expect(text).toContain('npx callchart serve');
  expect(text).toContain('npx callchart call --say');

  const config = readConfig(parseEnv(readFileSync(join(folder, '.env'), 'utf8')));
  expect(config).toMatchObject({
    agentsDir: 'agents',
    toolsDir: 'tools',
    databaseFile: 'data/calls.sqlite',
  });
  const names = [...HOUSE_TOOLS, ...readdirSync(join(folder, 'tools')).map((file) => parse(file).name)];
  const [profile] = (await Agents.load(join(folder, config.agentsDir), names)).list();
  expect(profile?.tools).toContain('quote_price');
  const { intents } = readScenario(join(folder, String(config.model.scenario)));
  expect(intents.map(({ step }) => step.tool?.name)).toContain('quote_price');
});

test('settings are for their owner alone: a key will stand in them', async () => {
  const folder = temporaryFolder();
  await started(folder);
  expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
});

test('what is there stays as it is, and is named', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'agents'));
  writeFileSync(join(folder, 'agents/default.json'), 'mine');
  writeFileSync(join(folder, '.env'), 'PORT=4000\n');
  const { text } = await started(folder);

  expect(readFileSync(join(folder, 'agents/default.json'), 'utf8')).toBe('mine');
  expect(readFileSync(join(folder, '.env'), 'utf8')).toBe('PORT=4000\n');
  expect(text).toMatch(/^kept +agents\/default\.json +it was there$/m);
  expect(text).toMatch(/^wrote +scenario\.json/m);
  expect(text).toContain('TOOLS_DIR=tools and SCENARIO=scenario.json');
});

test('a file in the place of a folder is named, in one line', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'agents'), '');
  await expect(started(folder)).rejects.toThrow(
    new UsageError(`${join(folder, 'agents/default.json')}: cannot be written (EEXIST)`),
  );
});
