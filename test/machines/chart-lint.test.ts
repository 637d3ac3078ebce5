import { and, assign, createMachine, fromCallback, raise, sendTo, setup, type AnyStateMachine } from 'xstate';
import { describe, expect, test } from 'vitest';
import { callMachine } from '../../src/machines/call/call.machine.ts';
import { sessionMachine } from '../../src/machines/session/session.machine.ts';
import { toolCallMachine } from '../../src/machines/tool-call/tool-call.machine.ts';
import { lintChart, unboundedStates } from '../../src/testing/chart-lint.ts';

const leg = fromCallback(() => undefined);

/** `createMachine` takes any name, as a state in a file of its own does for some. Each plants one fault. */
const planted: readonly [fault: string, machine: AnyStateMachine, problem: string][] = [
  [
    'a delay that nobody declared',
    setup({ delays: { grace: 1000 } }).createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { after: { grce: 'b' } }, b: { type: 'final' } },
    }),
    'm.a: delay "grce" is not declared: it would fire at once',
  ],
  [
    'a delay of a raised event that nobody declared',
    createMachine(
      { id: 'm', on: { go: { actions: 'later' } } },
      { actions: { later: raise({ type: 'go' }, { delay: 'soon' }) } },
    ),
    'm on go: delay "soon" is not declared: it would fire at once',
  ],
  [
    'an action that nobody declared',
    createMachine({ id: 'm', on: { go: { actions: 'tellNobody' } } }),
    'm on go: action "tellNobody" is not declared',
  ],
  [
    'an action without a name',
    createMachine({ id: 'm', on: { go: { actions: () => undefined } } }),
    'm on go: an action has no name',
  ],
  [
    'a guard that nobody declared',
    createMachine({ id: 'm', on: { go: { guard: 'isFree', actions: assign({}) } } }),
    'm on go: guard "isFree" is not declared',
  ],
  [
    'a guard that nobody declared, inside another',
    createMachine({ id: 'm', on: { go: { guard: and(['isFree']), actions: assign({}) } } }),
    'm on go: guard "isFree" is not declared',
  ],
  [
    'a guard without a name',
    createMachine({ id: 'm', on: { go: { guard: () => true, actions: assign({}) } } }),
    'm on go: a guard has no name',
  ],
  [
    'an order to a child that is not there',
    createMachine(
      { id: 'm', invoke: { src: 'leg', id: 'phone' }, on: { go: { actions: 'tell' } } },
      { actors: { leg }, actions: { tell: sendTo('fone', { type: 'clear' }) } },
    ),
    'm on go: sends to "fone", but no child has that id',
  ],
  [
    'a child without an id',
    createMachine({ id: 'm', invoke: { src: 'leg' }, on: { go: {} } }, { actors: { leg } }),
    'm: the invoked "leg" has no id',
  ],
  [
    'a child that nobody declared',
    createMachine({ id: 'm', invoke: { src: 'leg', id: 'phone' }, on: { go: {} } }),
    'm: actor "leg" is not declared',
  ],
  [
    'a child with a systemId',
    createMachine(
      { id: 'm', invoke: { src: 'leg', id: 'phone', systemId: 'phone' }, on: { go: {} } },
      { actors: { leg } },
    ),
    'm: the invoked "leg" has a systemId: use its id',
  ],
  [
    'a first state that does not exist',
    createMachine({ id: 'm', initial: 'nowhere', states: { a: {} }, on: { go: '.a' } }),
    'm: Initial state node "nowhere" not found on parent state node #m',
  ],
  [
    'a state that nothing leads to',
    createMachine({ id: 'm', initial: 'a', on: { go: {} }, states: { a: {}, b: {} } }),
    'm.b: no transition leads here',
  ],
  [
    'a dead end',
    createMachine({ id: 'm', initial: 'a', states: { a: {} } }),
    'm.a: is a dead end that is not final',
  ],
  [
    'an end that never comes',
    createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { initial: 'x', onDone: 'b', on: { go: 'b' }, states: { x: {} } }, b: { type: 'final' } },
    }),
    'm.a on xstate.done.state.m.a: is never done: no final state',
  ],
  [
    'a handler of everything',
    createMachine({ id: 'm', on: { '*': { actions: assign({}) } } }),
    'm on *: takes every event, errors of its children too',
  ],
];

describe('the chart lint', () => {
  test.each(planted)('the chart lint finds %s, and nothing else', (_fault, machine, problem) => {
    expect(lintChart(machine)).toEqual([problem]);
  });

  test('the chart lint leaves a wrong target to XState, which refuses the machine', () => {
    expect(() => createMachine({ id: 'm', initial: 'a', states: { a: { on: { go: 'nowhere' } } } })).toThrow(
      'nowhere',
    );
  });
});

describe('the law of bounded waiting', () => {
  test('the law of bounded waiting finds a state that nothing times out', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      after: { 1000: '.b' },
      states: {
        a: { on: { go: 'b' } },
        b: { initial: 'x', after: { 1000: 'c' }, states: { x: { on: { go: 'y' } }, y: { on: { go: 'x' } } } },
        c: { type: 'final' },
      },
    });
    expect(unboundedStates(machine)).toEqual(['m.a']);
  });

  test('the law of bounded waiting looks into one region, where that one moves the others on', () => {
    const machine = createMachine({
      id: 'm',
      type: 'parallel',
      states: {
        rests: { initial: 'a', states: { a: { on: { go: 'b' } }, b: { on: { go: 'a' } } } },
        moves: {
          id: 'moves',
          initial: 'a',
          states: { a: { after: { 1000: 'b' } }, b: { on: { go: 'a' } } },
        },
      },
    });
    expect(unboundedStates(machine, 'moves')).toEqual(['m.moves.b']);
  });
});

test.each([
  ['call', callMachine],
  ['session', sessionMachine],
  ['tool call', toolCallMachine],
] satisfies [string, AnyStateMachine][])(
  'the chart of a %s has no fault that the compiler cannot see',
  (_name, machine) => {
    expect(lintChart(machine)).toEqual([]);
  },
);

// What a session waits for is bounded by its call, whose caller waits.
test.each([
  ['call', callMachine, 'floor'],
  ['tool call', toolCallMachine, undefined],
] satisfies [string, AnyStateMachine, string | undefined][])(
  'the chart of a %s has no state in which anybody could wait for ever',
  (_name, machine, floor) => {
    expect(unboundedStates(machine, floor)).toEqual([]);
  },
);
