import { initialTransition, setup, stateIn, transition } from 'xstate';
import { expect, test } from 'vitest';
import { inState } from '../../../src/machines/in-state.ts';

/** Two regions; names are used twice, and one is the beginning of another. */
const chart = setup({}).createMachine({
  id: 'chart',
  initial: 'off',
  states: {
    off: { on: { NEXT: 'on' } },
    on: {
      type: 'parallel',
      states: {
        lamp: {
          id: 'lamp',
          initial: 'dark',
          states: {
            dark: { on: { NEXT: 'lit' } },
            lit: { initial: 'dark', states: { dark: { on: { NEXT: 'darker' } }, darker: {} } },
          },
        },
        fan: { id: 'fan', initial: 'off', states: { off: { on: { NEXT: { target: 'on' } } }, on: {} } },
      },
    },
  },
});

const IDS = [
  ...(['#chart', '#chart.off', '#chart.on', '#lamp', '#lamp.dark', '#lamp.lit'] as const),
  ...(['#lamp.lit.dark', '#lamp.lit.darker', '#fan', '#fan.off', '#fan.on'] as const),
];

/** What a guard says of a snapshot, as XState asks it. */
const asked = (guard: unknown, snapshot: object): boolean =>
  (guard as { check: (snapshot: object, args: object, guard: unknown) => boolean; stateValue: string }).check(
    snapshot,
    {},
    guard,
  );

test('inState says of every state in every situation what stateIn says', () => {
  let [snapshot] = initialTransition(chart);
  const active: string[][] = [];
  for (let step = 0; step < 4; step++) {
    for (const id of IDS) {
      expect([id, asked(inState(id), snapshot)]).toEqual([id, asked(stateIn(id), snapshot)]);
    }
    active.push(IDS.filter((id) => asked(inState(id), snapshot)));
    [snapshot] = transition(chart, snapshot, { type: 'NEXT' });
  }
  expect(active.map((ids) => ids.at(-1))).toEqual(['#chart.off', '#fan.off', '#fan.on', '#fan.on']);
});

test('inState knows a state of each chart that it is asked of', () => {
  const other = setup({}).createMachine({ id: 'other', initial: 'a', states: { a: { id: 'fan' } } });
  const isFan = inState('#fan');
  expect(asked(isFan, initialTransition(chart)[0])).toBe(false);
  expect(asked(isFan, initialTransition(other)[0])).toBe(true);
});

test('inState of a state that no chart has throws', () => {
  expect(() => asked(inState('#nowhere'), initialTransition(chart)[0])).toThrow('nowhere');
});
