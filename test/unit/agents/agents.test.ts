import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Agents } from '../../../src/services/agents/agents.ts';

const TOOLS = [
  'create_lead',
  'check_availability',
  'book_appointment',
  'cancel_appointment',
  'reschedule_appointment',
  'send_sms',
  'escalate_to_human',
  'pause_recording',
  'resume_recording',
  'end_call',
];

function folderOf(files: Record<string, unknown>): string {
  const folder = mkdtempSync(join(tmpdir(), 'callchart-agents-'));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

/** Line and column of some text in a file. */
function placeOf(folder: string, file: string, part: string): string {
  const before = readFileSync(join(folder, file), 'utf8').split(part)[0]?.split('\n') ?? [];
  return `${String(before.length)}:${String((before.at(-1)?.length ?? 0) + 1)}`;
}

const profile = (id: string, more: object = {}) => ({ id, business: { name: `The ${id}` }, ...more });

/** The folder without what is hidden in it. */
const visible = (folder: string) =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort();

describe('loading', () => {
  test('loading agents reads the profiles that come with the engine', async () => {
    const agents = await Agents.load('agents', TOOLS);
    expect(agents.list().map(({ id }) => id)).toEqual(['default', 'plumber']);
  });

  test('loading agents tells every problem of every file, with path and place', async () => {
    const folder = folderOf({
      'default.json': { id: 'NOT AN ID', business: {}, surprise: 1, limits: { idleMs: 'long' } },
      'broken.json': '{"id": ',
      'hours.json': profile('hours', {
        business: { name: 'H', hours: [{ days: ['mon'], from: '18:00', to: '9:00' }] },
      }),
      'tools.json': profile('tools', { tools: ['end_call', 'launch_rocket'] }),
    });
    const message = await Agents.load(folder, TOOLS).then(
      () => 'loaded',
      (thrown: unknown) => String(thrown),
    );
    const at = (file: string) =>
      message
        .split('\n')
        .filter((line) => line.startsWith(`  ${join(folder, file)}:`))
        .map((line) => line.slice(`  ${join(folder, file)}:`.length));
    expect(at('broken.json')).toEqual(['1:8: is not JSON: value expected']);
    expect(at('default.json').map((line) => line.split(': ')[0])).toEqual([
      '1:7 id',
      '1:30 business.name',
      '1:65 limits.idleMs',
      `${placeOf(folder, 'default.json', '"surprise"')} surprise`,
    ]);
    expect(at('hours.json')).toEqual([
      `${placeOf(folder, 'hours.json', '"9:00"')} business.hours.0.to: must be HH:MM`,
    ]);
    expect(at('tools.json')).toEqual([
      `${placeOf(folder, 'tools.json', '"launch_rocket"')} tools.1: there is no tool "launch_rocket"`,
    ]);
  });

  test('loading agents tells line and column in a file that people wrote', async () => {
    const folder = folderOf({
      'default.json':
        '{\r\n  "$schema": "x",\r\n  "id": "default",\r\n  "business": { "name": "N" },\r\n  "limits": {\r\n    "idleMs": "abc"\r\n  }\r\n}\r\n',
      'comment.json': '{\n  // mine\n  "id": "comment"\n}\n',
      'trailing.json': '{\n  "id": "trailing",\n}\n',
    });
    const message = await Agents.load(folder, TOOLS).then(String, String);
    expect(message).toMatch(/default\.json:6:15 limits\.idleMs: /);
    expect(message).toMatch(/comment\.json:2:3: is not JSON: invalid comment token/);
    expect(message).toMatch(/trailing\.json:3:1: is not JSON: property name expected/);
  });

  test('loading agents places a word that is not known at the word, and says which was meant', async () => {
    const folder = folderOf({
      'default.json':
        '{\n  "id": "default",\n  "business": { "name": "N", "timeZone": "UTC" },\n  "turn.detection": {},\n  "limits": { "idleMS": 5 },\n  "tools": ["end_cal"]\n}\n',
    });
    const message = await Agents.load(folder, TOOLS).then(String, String);
    const lines = message.split('\n').map((line) => line.replace(`  ${join(folder, 'default.json')}:`, ''));
    expect(lines.slice(1)).toEqual([
      '3:30 business.timeZone: is unknown, did you mean "timezone"?',
      '5:15 limits.idleMS: is unknown, did you mean "idleMs"?',
      '4:3 turn.detection: is unknown, did you mean "turnDetection"?',
    ]);
  });

  test('loading agents tells a file that cannot be read beside the problems of the others', async () => {
    const folder = folderOf({ 'one.json': profile('one', { surprise: 1 }) });
    writeFileSync(join(folder, 'latin.json'), Buffer.from('{"id": "Bäcker"}', 'latin1'));
    const message = await Agents.load(folder, TOOLS).then(String, String);
    expect(message.split('\n').slice(1)).toEqual([
      `  ${join(folder, 'latin.json')}: is not UTF-8: save it as UTF-8`,
      expect.stringMatching(/one\.json:1:\d+ surprise: is unknown$/),
      expect.stringMatching(/default\.json: is missing/),
    ]);
  });

  test('loading agents takes a $schema that is sent, and keeps none', async () => {
    const agents = await Agents.load(folderOf({ 'default.json': profile('default') }), TOOLS);
    const saved = await agents.put('default', { $schema: './agent.schema.json', ...profile('default') });
    expect(saved).toHaveProperty('profile');
    expect(agents.stored('default')?.written).not.toHaveProperty('$schema');
  });

  test('loading agents refuses two profiles with one id, or one number', async () => {
    const folder = folderOf({
      'default.json': profile('default', { phoneNumbers: ['+12025550100'] }),
      'double.json': profile('default', { phoneNumbers: ['+12025550199', '+12025550100'] }),
    });
    await expect(Agents.load(folder, TOOLS)).rejects.toMatchObject({
      code: 'PROFILE_INVALID',
      message: expect.stringMatching(
        /double\.json:1:7 id: is already used by default\.json.*\n.*double\.json:1:\d+ phoneNumbers\.1: is already used by default\.json/,
      ) as string,
    });
  });

  test.each([
    ['a folder that is not there', () => '/nowhere/at/all'],
    ['a folder without default.json', () => folderOf({ 'one.json': profile('one') })],
  ])('loading agents refuses %s', async (_, folder) => {
    await expect(Agents.load(folder(), TOOLS)).rejects.toMatchObject({ code: 'PROFILE_INVALID' });
  });
});

describe('the profile that answers', () => {
  test('the profile that answers is the one that names the number, else that of default.json', async () => {
    const folder = folderOf({
      'default.json': profile('front-desk'),
      'two.json': profile('two', { phoneNumbers: ['+12025550102'] }),
    });
    const agents = await Agents.load(folder, TOOLS);
    expect(agents.forNumber('+12025550102').id).toBe('two');
    expect(agents.forNumber('+12025550199').id).toBe('front-desk');
    expect(agents.forNumber('').id).toBe('front-desk');
  });
});

describe('saving', () => {
  const loaded = async (files: Record<string, unknown> = {}) => {
    const folder = folderOf({ 'default.json': profile('default'), ...files });
    return { folder, agents: await Agents.load(folder, TOOLS) };
  };

  test('saving an agent puts a new profile on disk, where the next start finds it', async () => {
    const { folder, agents } = await loaded();
    const saved = await agents.put('bakery', { business: { name: 'Crumb' }, phoneNumbers: ['+12025550103'] });
    expect(saved).toMatchObject({ profile: { id: 'bakery', voice: 'marin' } });
    expect(agents.forNumber('+12025550103').id).toBe('bakery');
    expect((await Agents.load(folder, TOOLS)).list()).toEqual(agents.list());
    expect(visible(folder)).toEqual(['bakery.json', 'default.json']);
    expect(JSON.parse(readFileSync(join(folder, 'bakery.json'), 'utf8'))).not.toHaveProperty('voice');
  });

  test('saving an agent replaces the file that holds the id, whatever its name', async () => {
    const { folder, agents } = await loaded({ 'a.json': profile('one') });
    await agents.put('one', profile('one', { voice: 'cedar' }));
    expect(visible(folder)).toEqual(['a.json', 'default.json']);
    expect((await Agents.load(folder, TOOLS)).find('one')?.voice).toBe('cedar');
  });

  test.each([
    ['another id in the body', { id: 'other' }, 'id'],
    ['an unknown word', { colour: 'red' }, 'colour'],
    ['an unknown tool', { tools: ['launch_rocket'] }, 'tools.0'],
    ['a number of another agent', { phoneNumbers: ['+12025550104'] }, 'phoneNumbers.0'],
    ['a prototype', JSON.parse('{"__proto__": {"voice": "x"}}') as object, '__proto__'],
  ])('saving an agent refuses %s and changes nothing', async (_, more, path) => {
    const { folder, agents } = await loaded({ 'x.json': profile('x', { phoneNumbers: ['+12025550104'] }) });
    const before = agents.list();
    // Spreading would set the prototype; an own property is what a JSON body has.
    const written = Object.defineProperties({ ...profile('new') }, Object.getOwnPropertyDescriptors(more));
    expect(await agents.put('new', written)).toMatchObject({ problems: [{ path }] });
    expect(agents.list()).toEqual(before);
    expect(visible(folder)).toEqual(['default.json', 'x.json']);
  });

  test('saving an agent never writes through a link', async () => {
    const { folder, agents } = await loaded();
    const outside = join(folderOf({ 'victim.json': 'untouched' }), 'victim.json');
    symlinkSync(outside, join(folder, 'linked.json'));
    await expect(agents.put('linked', profile('linked'))).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(readFileSync(outside, 'utf8')).toBe('untouched');
  });

  test('saving an agent lets one of two saves of the same number win', async () => {
    const { agents } = await loaded();
    const phoneNumbers = ['+12025550105'];
    const both = await Promise.all([
      agents.put('first', profile('first', { phoneNumbers })),
      agents.put('second', profile('second', { phoneNumbers })),
    ]);
    expect(both.map((answer) => 'profile' in answer)).toEqual([true, false]);
  });
});
