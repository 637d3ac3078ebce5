import { describe, expect, test } from 'vitest';
import { movedOn, NOWHERE } from '../../../console/softphone/whereabouts.ts';
import type { FullRow } from '../../../src/protocol/console-calls.ts';

const row = (seq: number, path: string, taken: string[] | null): FullRow => ({
  seq,
  at: '2026-11-25T10:00:00.000Z',
  actor: 'call',
  event: 'any',
  state: path,
  path,
  from: 'phone',
  to: 'call',
  taken,
  regions: {},
  body: {},
});

describe('the whereabouts of a live call', () => {
  test('the whereabouts of a live call are the state after the last row, with those around it, and the way there', () => {
    const there = movedOn(NOWHERE, [
      row(1, 'connecting', null),
      row(2, 'conversing.listening.quiet', ['a', 'b']),
      row(3, 'conversing.listening.quiet', []),
      row(4, 'conversing.responding', ['a']),
    ]);
    expect(there).toEqual({
      seq: 4,
      active: ['conversing', 'conversing.responding'],
      taken: ['a'],
      step: 2,
      way: new Map([
        ['a', 2],
        ['b', 1],
      ]),
    });
  });

  test('the whereabouts of a live call do not depend on how the rows are cut into messages', () => {
    const rows = [
      row(1, 'connecting', ['x']),
      row(2, 'configuring', ['y']),
      row(3, 'conversing.greeting', []),
    ];
    const inPieces = rows.reduce((before, each) => movedOn(before, [each]), NOWHERE);
    expect(inPieces).toEqual(movedOn(NOWHERE, rows));
  });
});
