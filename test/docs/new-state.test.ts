import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chartOf, statesOf } from '../../src/charts/chart.ts';
import { piecesOf } from '../../src/charts/chart-regions.ts';
import { callMachine } from '../../src/machines/call/call.machine.ts';
import { planState, type Sources, type StateOrder, StateRefused } from '../../scripts/new-state/plan.ts';
import { remaining } from '../../scripts/new-state/remaining.ts';
import { GAP } from '../../scripts/new-state/templates.ts';

const sources: Sources = { read: (path) => readFileSync(path, 'utf8'), exists: existsSync };
const plan = (order: StateOrder, over: Partial<Sources> = {}) => planState(order, { ...sources, ...over });
const textOf = ({ files }: ReturnType<typeof plan>, end: string) =>
  files.find(({ path }) => path.endsWith(end))?.text ?? '';
const headingsOf = (page: string) =>
  [...page.matchAll(/^(#{2,}) `([^`]+)`$/gm)].map(([, marks = '', path = '']) => ({
    depth: marks.length,
    path,
  }));

describe('a state that is begun', () => {
  test('a state that is begun has a file, a place in the chart, a heading and its stories', () => {
    const begun = plan({ name: 'voicemail' });
    expect(begun.files.map(({ path, isNew }) => [path, isNew])).toEqual([
      ['src/machines/call/floor/voicemail.ts', true],
      ['test/machines/call.voicemail.stories.test.ts', true],
      ['src/machines/call/floor/floor.ts', false],
      ['docs/statecharts/call.md', false],
    ]);
    expect(textOf(begun, 'floor/voicemail.ts')).toContain(
      'export const voicemail = callSetup.createStateConfig({',
    );
    const floor = textOf(begun, 'floor/floor.ts');
    expect(floor).toContain(
      'states: { connecting, configuring, conversing, awaitingStream, transferring, voicemail, ending },',
    );
    expect(floor).toContain(
      "import { transferring } from './transferring.ts';\nimport { voicemail } from './voicemail.ts';\n",
    );
  });

  test.each<[StateOrder, before: string]>([
    [{ name: 'voicemail' }, 'ending'],
    [{ name: 'voicemail', before: 'conversing' }, 'conversing'],
    [{ name: 'payingByCard', under: 'conversing' }, 'awaitingStream'],
    [{ name: 'payingByCard', under: 'conversing', before: 'responding' }, 'conversing.responding'],
  ])('a state that is begun is told where the chart has it: %j', (order, before) => {
    const begun = plan(order);
    const { floor } = piecesOf(chartOf(callMachine));
    const paths = [...statesOf(floor)].map(({ path }) => path);
    paths.splice(paths.indexOf(before), 0, begun.path);
    const told = headingsOf(textOf(begun, 'call.md'));
    expect(told.map(({ path }) => path).slice(0, paths.length)).toEqual(paths);
    expect(told.find(({ path }) => path === begun.path)?.depth).toBe(begun.path.split('.').length + 1);
  });

  test('a state that is begun is listed in its parent where it was asked to be', () => {
    const list = (order: StateOrder) =>
      /states: \{ .* \},/.exec(textOf(plan(order), 'floor/conversing.ts'))?.[0];
    const name = 'payingByCard';
    expect(list({ name, under: 'conversing' })).toContain('interrupted, payingByCard }');
    expect(list({ name, under: 'conversing', before: 'responding' })).toContain(
      'listening, payingByCard, responding',
    );
    expect(textOf(plan({ name, under: 'conversing' }), 'floor/paying-by-card.ts')).toContain(
      '`conversing.payingByCard`',
    );
  });

  test('a state that is begun says in each gap what to write, and each story fails until it is told', () => {
    const begun = plan({ name: 'voicemail' });
    for (const end of ['floor/voicemail.ts', 'call.voicemail.stories.test.ts', 'call.md']) {
      expect(textOf(begun, end)).toContain(GAP);
    }
    const stories = textOf(begun, 'stories.test.ts');
    const tests = stories.split(/^ {2}test\(/m).slice(1);
    expect(tests.length).toBeGreaterThan(8);
    for (const story of tests) expect(story).toMatch(/^ {4}expect\.fail\('Write here [a-z].*\.'\);$/m);
    expect(stories).toContain('the caller hangs up right after speaking, and the words come later');
  });

  test('a state that is begun is followed by what remains, with files that are there', () => {
    const said = remaining(plan({ name: 'voicemail' }));
    const named = said.match(/\b(?:src|test|docs)\/[\w./-]+\.(?:ts|md)\b/g) ?? [];
    const old = named.filter((file) => !file.includes('voicemail'));
    expect(old.length).toBeGreaterThan(5);
    for (const file of old) expect(existsSync(file), file).toBe(true);
  });
});

describe('a state is refused', () => {
  test.each<[StateOrder, RegExp]>([
    [{ name: 'Voicemail' }, /^"Voicemail" is no name of a state: letters only, the first one small/],
    [{ name: '../escape' }, /^"..\/escape" is no name of a state/],
    [{ name: 'pay-by-card' }, /^"pay-by-card" is no name of a state/],
    [{ name: '' }, /^"" is no name of a state/],
    [{ name: 'default' }, /^"default" is a word of the language/],
    [{ name: 'ended' }, /^"ended" is a level of the chart itself: src\/machines\/call\/call\.machine\.ts$/],
    [
      { name: 'transferring' },
      /^"transferring" is a state already: src\/machines\/call\/floor\/floor\.ts lists it$/,
    ],
    [{ name: 'words' }, /^"words" is a region already: src\/machines\/call\/regions\/words\.ts$/],
    [
      { name: 'listening' },
      /^"listening" cannot be begun: src\/machines\/call\/floor\/listening\.ts is there already$/,
    ],
    [
      { name: 'voicemail', under: 'nowhere' },
      /^--under nowhere: there is no src\/machines\/call\/floor\/nowhere\.ts/,
    ],
    [
      { name: 'voicemail', under: 'listening' },
      /^src\/machines\/call\/floor\/listening\.ts writes its states itself/,
    ],
    [
      { name: 'voicemail', before: 'nobody' },
      /^--before nobody: .*floor\.ts has only connecting, configuring/,
    ],
  ])('a state that does not fit is refused: %j', (order, sentence) => {
    expect(() => plan(order)).toThrow(sentence);
    expect(() => plan(order)).toThrow(StateRefused);
  });

  test('a state is refused whose stories are there already: nothing is written over', () => {
    const exists = (path: string) => path.endsWith('call.voicemail.stories.test.ts') || existsSync(path);
    expect(() => plan({ name: 'voicemail' }, { exists })).toThrow(
      '"voicemail" cannot be begun: test/machines/call.voicemail.stories.test.ts is there already',
    );
  });
});
