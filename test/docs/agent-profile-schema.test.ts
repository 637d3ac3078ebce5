import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandLine, runCommandLine } from '../../src/cli/command-line.ts';
import { AgentProfile } from '../../src/protocol/agent-profile.ts';
import { readFields } from '../../src/protocol/field-problem.ts';
import { holds } from '../support/properties.ts';

const FILE = 'assets/agent-profile.schema.json';
const written = JSON.parse(readFileSync(FILE, 'utf8')) as object;

/** As an editor reads it: `strict` finds what is no word of JSON Schema; patterns stand beside every format. */
const ajv = new Ajv({ strict: true, allErrors: true, formats: { date: true } });
const editorTakes = ajv.compile(written);

const engineTakes = (profile: object) => {
  const rest: { $schema?: unknown } = { ...profile };
  delete rest.$schema;
  return 'value' in readFields(AgentProfile, rest);
};

const smallest = { id: 'x', business: { name: 'X' } };
const day = { days: ['mon'], from: '08:00', to: '12:00' };
const webhook = { name: 'look_up', description: 'x', url: 'https://example.com/' };

const shipped = ['agents', 'assets/starter/agents'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name)),
);

test.each(shipped)('the profile %s is one to editors, and names the schema', (path) => {
  const profile = JSON.parse(readFileSync(path, 'utf8')) as { $schema: string };
  editorTakes(profile);
  expect(editorTakes.errors).toBeNull();
  // A new folder has the package as npm installs it.
  const here = profile.$schema.replace('../node_modules/callchart/', `${resolve('.')}/`);
  expect(resolve(dirname(path), here)).toBe(resolve(FILE));
});

test('callchart doctor --json-schema prints what the file of the schema holds', async () => {
  let printed = '';
  const terminal = {
    hasColours: false,
    print: (line: string) => (printed += line),
    complain: (line: string) => (printed += line),
  };
  expect(
    await runCommandLine(commandLine(terminal), ['node', 'callchart', 'doctor', '--json-schema'], terminal),
  ).toBe(0);
  expect(JSON.parse(printed)).toEqual(written);
});

test('every field of a profile has a description', () => {
  const { properties } = written as { properties: Record<string, { description?: string }> };
  const silent = Object.entries(properties).filter(([, { description }]) => description === undefined);
  expect(silent.map(([name]) => name)).toEqual([]);
});

describe('editors and the engine', () => {
  test.each<[object]>([
    [{}],
    [{ $schema: 'x' }],
    [{ phoneNumbers: ['+12025550100'], business: { name: 'X', holidays: ['2028-02-29'], hours: [day] } }],
    [{ business: { name: 'X', services: ['a', { name: 'b' }], hours: 'always', resources: ['van 1'] } }],
    [{ turnDetection: { type: 'semantic_vad' }, language: {}, limits: { idleMs: 0 }, sentences: {} }],
    [{ turnDetection: { type: 'server_vad', idle_timeout_ms: null }, sentences: { hold: 'Μια στιγμή' } }],
    [
      {
        tools: ['look_up'],
        webhooks: [{ ...webhook, arguments: { type: 'object', properties: { a: {} } } }],
      },
    ],
    [{ mcpServers: [{ name: 'crm', url: 'https://example.com/', policies: { fly: { kind: 'reads' } } }] }],
    [{ mcpServers: [{ name: 'crm', command: 'x', env: { KEY: 'TOOL_KEY' } }] }],
    [{ contacts: { 'front desk': '+12025550100' }, countries: ['US'], greeting: '👋'.repeat(250) }],
  ])('both the editors and the engine take the profile with %j', (more) => {
    const profile = { ...smallest, ...more };
    editorTakes(profile);
    expect(editorTakes.errors).toBeNull();
    expect(engineTakes(profile)).toBe(true);
  });

  test.each<[object]>([
    [{ id: 'Upper' }],
    [{ id: undefined }],
    [{ business: {} }],
    [{ surprise: 1 }],
    [{ phoneNumbers: ['555'] }],
    [{ phoneNumbers: ['+12025550100', '+12025550100'] }],
    [{ tools: ['end_call', 'end_call'] }],
    [{ business: { name: 'X', resources: ['a', 'a'] } }],
    [{ business: { name: 'X', holidays: ['2026-02-29'] } }],
    [{ business: { name: 'X', hours: [{ ...day, from: '8:00' }] } }],
    [{ business: { name: 'X', services: [{ name: 'a', durationMinutes: 4 }] } }],
    [{ turnDetection: {} }],
    [{ turnDetection: { type: 'semantic_vad', threshold: 1 } }],
    [{ limits: { idleMs: 1.5 } }],
    [{ limits: { idleMs: '5' } }],
    [{ sentences: { hold: '…' } }],
    [{ webhooks: [{ ...webhook, secret: 'TOKEN' }] }],
    [{ mcpServers: [{ name: 'crm' }] }],
    [{ contacts: { Boss: '+12025550100' } }],
    [{ greeting: null }],
  ])('both the editors and the engine refuse the profile with %j', (more) => {
    // As a file has it.
    const profile = JSON.parse(JSON.stringify({ ...smallest, ...more })) as object;
    expect([editorTakes(profile), engineTakes(profile)]).toEqual([false, false]);
  });

  test('editors take the profile that the engine takes, whatever stands in a field', () => {
    const fields = Object.keys(AgentProfile.shape);
    const values = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(
        ...fields.map(
          (name) =>
            (JSON.parse(readFileSync('agents/default.json', 'utf8')) as Record<string, unknown>)[name] ??
            null,
        ),
      ),
      fc.constantFrom('model', 'clip', 'none', 'mask', 'required', 'pcma', 'de', true, [], {}),
    );
    holds(
      fc.property(fc.constantFrom(...fields), values, (name, value) => {
        const profile = { ...smallest, [name]: value };
        if (engineTakes(profile)) expect(editorTakes(profile), JSON.stringify(profile)).toBe(true);
      }),
      { runs: 2000 },
    );
  });
});
