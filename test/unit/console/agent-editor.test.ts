import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { changesBetween } from '../../../console/agents/changes.ts';
import { blankOf, type Field, fieldOf, nameOf, type Schema } from '../../../console/agents/fields.ts';
import { type JsonValue, isSame, readJson, valueAt, withValue } from '../../../console/agents/json.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { holds } from '../../support/properties.ts';

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;

/** Follows keys into a form; a list by `item`, a variant by its number. */
function inside(field: Field | undefined, ...steps: (string | number)[]): Field | undefined {
  let at = field;
  for (const step of steps) {
    if (at?.kind === 'group') at = at.fields.find(({ key }) => key === step)?.field;
    else if (at?.kind === 'list' && step === 'item') at = at.item;
    else if (at?.kind === 'either' && typeof step === 'number') at = at.variants[step]?.field;
    else return undefined;
  }
  return at;
}

describe('a document under edit', () => {
  test('a document under edit holds at a place what was written there, and nothing else has changed', () => {
    const before = { a: [1, { b: 2 }], c: 'd' };
    const after = withValue(before, ['a', 1, 'b'], 3);
    expect(after).toEqual({ a: [1, { b: 3 }], c: 'd' });
    expect(before).toEqual({ a: [1, { b: 2 }], c: 'd' });
    expect(valueAt(after, ['a', 1, 'b'])).toBe(3);
    expect(Object.keys(withValue(before, ['a'], 1) as object)).toEqual(['a', 'c']);
  });

  test('a document under edit makes what is missing on the way, and takes out what is not wanted', () => {
    expect(withValue(undefined, ['limits', 'idleMs'], 5000)).toEqual({ limits: { idleMs: 5000 } });
    expect(withValue({ list: ['a', 'b', 'c'] }, ['list', 1], undefined)).toEqual({ list: ['a', 'c'] });
    expect(withValue({ a: 1, b: 2 }, ['a'], undefined)).toEqual({ b: 2 });
    expect(valueAt({ list: [] }, ['list', 3, 'x'])).toBeUndefined();
    expect(valueAt({}, ['constructor'])).toBeUndefined();
  });

  test('a document under edit differs from itself nowhere, and from another exactly where it says', () => {
    holds(
      fc.property(json, json, (before, after) => {
        expect(changesBetween(before, before)).toEqual([]);
        expect(changesBetween(before, after).length === 0).toBe(isSame(before, after));
      }),
    );
    expect(
      changesBetween(
        { greeting: 'Hi', tools: ['a'], hours: [{ from: '08:00' }], gone: 1 },
        { greeting: 'Hello', tools: ['a', 'b'], hours: [{ from: '09:00' }], fresh: true },
      ),
    ).toEqual([
      { path: 'greeting', before: 'Hi', after: 'Hello' },
      { path: 'tools', before: ['a'], after: ['a', 'b'] },
      { path: 'hours.0.from', before: '08:00', after: '09:00' },
      { path: 'gone', before: 1, after: undefined },
      { path: 'fresh', before: undefined, after: true },
    ]);
  });

  test('a document under edit tells the line and the column of what is not JSON', () => {
    expect(readJson('{"a": 1}')).toEqual({ json: { a: 1 } });
    expect(readJson('{\n  "a": 1,\n  b\n}')).toMatchObject({ trouble: { line: 3, column: 3 } });
    expect(readJson('{\n  "a": 1')).toMatchObject({ trouble: { line: 2, column: 9 } });
  });
});

describe('the form of a profile', () => {
  const form = fieldOf(z.toJSONSchema(AgentProfile, { io: 'input' }) as Schema);

  test('the form of a profile knows the fields that people edit, each as what it is', () => {
    expect(inside(form, 'business', 'name')).toMatchObject({ kind: 'text', isLong: false });
    expect(inside(form, 'business', 'description')).toMatchObject({
      kind: 'text',
      isLong: true,
      fallback: '',
    });
    expect(inside(form, 'phoneNumbers', 'item')).toMatchObject({ kind: 'text', title: 'E.164 number' });
    expect(inside(form, 'business', 'hours', 1, 'item', 'days')).toMatchObject({ kind: 'words' });
    expect(inside(form, 'business', 'holidays', 'item')).toMatchObject({ kind: 'text', isDate: true });
    expect(inside(form, 'bargeIn')).toMatchObject({ kind: 'choice', options: ['immediate', 'confirmed'] });
    expect(inside(form, 'recording')).toMatchObject({ kind: 'switch', fallback: false });
    expect(inside(form, 'limits', 'idleMs')).toMatchObject({
      kind: 'number',
      isMs: true,
      isWhole: true,
      min: 0,
    });
  });

  test('the form of a profile tells which variant a value is', () => {
    const turns = inside(form, 'turnDetection');
    if (turns?.kind !== 'either') throw new Error('turn detection has variants');
    const value = { type: 'semantic_vad', eagerness: 'low' };
    expect(turns.variants.filter(({ fits }) => fits(value)).map(({ name }) => name)).toEqual([
      'Semantic VAD',
    ]);
    const hours = inside(form, 'business', 'hours');
    if (hours?.kind !== 'either') throw new Error('hours have variants');
    expect(hours.variants.map(({ name, fits }) => [name, fits(''), fits([])])).toEqual([
      ['Text', true, false],
      ['Rows', false, true],
    ]);
  });

  test('the form of a profile draws every field of the schema: each has a place of its own or is written as JSON', () => {
    const keys = form.kind === 'group' ? form.fields.map(({ key }) => key) : [];
    expect(keys).toEqual(Object.keys(AgentProfile.shape));
    expect(
      form.kind === 'group' && form.fields.filter(({ isRequired }) => isRequired).map(({ key }) => key),
    ).toEqual(['id', 'business']);
  });

  test('the form of a profile begins a new row with what must be there', () => {
    const hours = inside(form, 'business', 'hours', 1, 'item');
    expect(hours && blankOf(hours)).toEqual({ days: [], from: '', to: '' });
    const semantic = inside(form, 'turnDetection', 1);
    expect(semantic && blankOf(semantic)).toEqual({ type: 'semantic_vad' });
  });

  test.each([
    ['phoneNumbers', 'Phone numbers'],
    ['silence_duration_ms', 'Silence duration'],
    ['idleMs', 'Idle'],
    ['id', 'ID'],
    ['server_vad', 'Server VAD'],
    ['busyMessage', 'Busy message'],
  ])('the form of a profile says %s as "%s"', (key, name) => {
    expect(nameOf(key)).toBe(name);
  });
});
