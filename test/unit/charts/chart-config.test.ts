import { type AnyStateMachine, createMachine } from 'xstate';
import { describe, expect, test } from 'vitest';
import { chartOf } from '../../../src/charts/chart.ts';
import { configOf } from '../../../src/charts/chart-config.ts';
import { callMachine } from '../../../src/machines/call/call.machine.ts';
import { sessionMachine } from '../../../src/machines/session/session.machine.ts';
import { toolCallMachine } from '../../../src/machines/tool-call/tool-call.machine.ts';

/** Every way of writing that a chart may have, and our own two. */
const everything = createMachine({
  id: 'everything',
  type: 'parallel',
  states: {
    one: {
      description: 'Waits.',
      initial: 'a',
      entry: 'enter',
      exit: ['leave', 'leaveAgain'],
      invoke: {
        id: 'child',
        src: 'worker',
        onDone: { target: '.b', guard: 'isGood' },
        onError: [{ target: '.a', guard: 'isBad' }, '.b'],
      },
      onDone: '#everything.two',
      states: {
        a: {
          always: { target: 'b', guard: 'isReady' },
          after: { 500: 'b', patience: { actions: 'sigh' } },
          on: {
            go: [{ target: 'b', guard: 'isReady', description: 'At once.' }, { actions: ['wait'] }],
            stay: {},
          },
        },
        b: {
          on: {
            again: { target: 'b', reenter: true },
            both: { target: ['#everything.one.a', '#everything.two.y'] },
          },
        },
        past: { type: 'history' },
        c: { type: 'final' },
      },
    },
    two: { initial: 'x', states: { x: {}, y: { on: { back: '#everything.one.past', '*': 'x' } } } },
  },
});

const machines: [string, AnyStateMachine][] = [
  ['of a call', callMachine],
  ['of a session', sessionMachine],
  ['of a tool call', toolCallMachine],
  ['with everything in it', everything],
];

describe.each(machines)('the chart %s', (name, machine) => {
  test(`the chart ${name} is the same chart when it is made again from what was written`, () => {
    const text = JSON.stringify(configOf(machine));
    // Its implementations are referred to by name, and nothing here runs them.
    const again = createMachine(JSON.parse(text) as Parameters<typeof createMachine>[0]);
    expect(chartOf(again)).toEqual(chartOf(machine));
    expect(configOf(again)).toEqual(configOf(machine));
  });
});

test('entry, exit, descriptions, delays in ms and transitions that start a state anew are written', () => {
  expect(configOf(everything).states?.['one']).toMatchObject({
    description: 'Waits.',
    entry: ['enter'],
    exit: ['leave', 'leaveAgain'],
    states: {
      a: { after: { 500: [{ target: '#everything.one.b' }], patience: [{ actions: ['sigh'] }] } },
      b: { on: { again: [{ target: '#everything.one.b', reenter: true }] } },
    },
  });
});
