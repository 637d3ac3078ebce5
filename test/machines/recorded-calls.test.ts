import { describe, expect, test } from 'vitest';
import { FORMER_ORDERS } from '../../src/protocol/feed-orders.ts';
import type { FullRow } from '../../src/protocol/console-calls.ts';
import { differencesOf, recordedNames, recordedVersions, rowsOf } from '../support/golden/golden-files.ts';
import { rowDifferences, rowsOfToday, unusedStates } from '../support/golden/row-differences.ts';
import { keepsLaws } from '../support/laws/lawful.ts';
import { unlisted } from '../support/golden/unlisted.ts';

const timeIn = (rows: readonly FullRow[]) => (place: number) =>
  Date.parse(rows.find(({ seq }) => seq === place)?.at ?? '') - Date.parse(rows[0]?.at ?? '');

describe.each(recordedVersions())("today's chart does what that of %s did", (version) => {
  const names = recordedNames(version);
  const listed = differencesOf(version);

  test.each(names)(`today's chart does in %s what that of ${version} did`, async (name) => {
    const rows = rowsOf(version, name);
    const found = await rowDifferences(rows, listed.states);
    expect(unlisted(name, found, listed.rows, timeIn(rows)).join('\n')).toBe('');
  });

  test.each(names)(`the call %s of ${version} keeps every law today`, async (name) => {
    keepsLaws(name, await rowsOfToday(rowsOf(version, name)));
  });

  test(`every difference that is listed for ${version} is of one of its calls, and has a reason`, () => {
    expect(listed.rows.filter(({ call }) => !names.includes(call))).toEqual([]);
    const rows = names.flatMap((name) => rowsOf(version, name));
    expect(unusedStates(rows, listed)).toEqual([]);
    expect([...listed.states, ...listed.orders].filter(({ reason }) => reason.trim() === '')).toEqual([]);
  });

  test(`the orders of ${version} that no chart gives any more are listed, and no others`, () => {
    const rows = names.flatMap((name) => rowsOf(version, name));
    const former = Object.keys(FORMER_ORDERS).filter((order) => rows.some(({ event }) => event === order));
    expect(listed.orders.map(({ order }) => order)).toEqual(former);
  });
});

describe('a recorded call that differs from today', () => {
  const [version = ''] = recordedVersions();
  const name = 'barge-in-immediate';
  const rows = rowsOf(version, name);
  const cleared = rows.findIndex(({ event }) => event === 'clearPlayback');
  const fact = rows.slice(0, cleared).findLast(({ to }) => to === 'call');
  const withRow = (row: FullRow) => rows.map((each, index) => (index === cleared ? row : each));
  const [order, next] = rows.slice(cleared);
  if (order === undefined || next === undefined) throw new Error('the call has no barge-in');

  test('today’s chart parts from a recorded call where an order is another one, and that is told', async () => {
    const changed = withRow({ ...order, event: 'pausePlayback' });
    const found = await rowDifferences(changed);
    expect(found).toEqual([
      { place: fact?.seq, was: ['phone: pausePlayback'], is: ['phone: clearPlayback'] },
    ]);
    const [sentence] = unlisted(name, found, [], timeIn(rows));
    expect(sentence).toMatch(/^barge-in-immediate, place \d+, \d+ ms: today differs:/);
    expect(sentence).toContain('phone: clearPlayback');
  });

  test('today’s chart parts from a recorded call where orders were given the other way round', async () => {
    const changed = rows.map((row, at) => (at === cleared ? next : at === cleared + 1 ? order : row));
    expect(await rowDifferences(changed)).toHaveLength(1);
  });

  test('today’s chart parts from a recorded call that led to another state, and not where that one has a new name', async () => {
    const changed = rows.map((row) => ({ ...row, path: row.path.replace(/^conversing/, 'talking') }));
    expect((await rowDifferences(changed)).length).toBeGreaterThan(10);
    const named = [{ was: 'talking', is: 'conversing', reason: 'it is called so now' }];
    expect(await rowDifferences(changed, named)).toEqual([]);
    expect(unusedStates(rows, { states: named })).toEqual(named);
  });

  test('today’s chart parts from a recorded call that ended for another reason', async () => {
    const changed = rows.map((row) =>
      row.event === 'call.ended' ? { ...row, body: { reason: 'idle' } } : row,
    );
    expect(await rowDifferences(changed)).toMatchObject([{ was: ['ended: idle'] }]);
  });

  test('today’s chart parts from a recorded call whose timer fired 20 ms earlier', async () => {
    const idle = rowsOf(version, 'idle');
    const fired = idle.findIndex(({ event }) => event === 'after.idleAfter');
    const later = (row: FullRow, at: number) =>
      at === fired ? { ...row, at: new Date(Date.parse(row.at) - 20).toISOString() } : row;
    expect((await rowDifferences(idle.map(later))).length).toBeGreaterThan(0);
  });

  test('a difference that is listed is right, and one that is listed without occurring, or without a reason, is wrong', () => {
    const one = { place: 3, was: ['phone: pausePlayback'], is: [] };
    const listed = { ...one, call: name, reason: 'nothing is paused any more' };
    expect(unlisted(name, [one], [listed], timeIn(rows))).toEqual([]);
    expect(unlisted(name, [], [listed], timeIn(rows))[0]).toContain('is listed, and does not occur');
    expect(unlisted(name, [one], [{ ...listed, reason: ' ' }], timeIn(rows))[0]).toContain(
      'without a reason',
    );
  });
});
