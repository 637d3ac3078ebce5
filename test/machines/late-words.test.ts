import { type AnyMachineSnapshot, type AnyStateMachine, emit, fromPromise, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import type { CallEvent } from '../../src/machines/call/call.events.ts';
import { explore } from '../../src/testing/explore.ts';
import { lostWords } from '../support/laws/late-words.ts';

const charts = setup({
  types: { events: {} as CallEvent, emitted: {} as { type: 'note.taken' } },
  actors: { keepNote: fromPromise<void>(() => Promise.reject(new Error('the slot is empty'))) },
  actions: { announceNote: emit({ type: 'note.taken' }) },
});

const LEFT = { 'phone.stopped': '.ending', 'phone.completed': '.ending', 'phone.lost': '.ending' } as const;

/** A voicemail that keeps what was said: in a state of the floor, or in a region beside it. */
const onTheFloor = (ending: object): AnyStateMachine =>
  charts.createMachine({
    id: 'call',
    initial: 'taking',
    on: LEFT,
    states: {
      taking: { on: { 'caller.committed': {}, 'caller.said': { actions: 'announceNote' } } },
      ending: ending,
    },
  });

const beside = (isWaitedFor: boolean): AnyStateMachine =>
  charts.createMachine({
    id: 'call',
    initial: 'alive',
    states: {
      alive: {
        type: 'parallel',
        states: {
          note: {
            initial: 'none',
            states: {
              none: { on: { 'caller.said': 'keeping' } },
              keeping: { invoke: { id: 'note', src: 'keepNote', onDone: 'kept' }, on: { 'caller.said': {} } },
              kept: { on: { 'caller.said': {} } },
            },
          },
          floor: {
            initial: 'taking',
            on: LEFT,
            states: {
              taking: {},
              ending: { on: { 'caller.said': isWaitedFor ? 'ending' : 'closed' } },
              closed: { always: '#call.ended' },
            },
          },
        },
      },
      ended: { type: 'final' },
    },
  });

/** A voicemail that gathers what is said, and keeps it when the caller goes. */
const gathered = (late: object): AnyStateMachine =>
  charts.createMachine({
    id: 'call',
    initial: 'taking',
    states: {
      taking: {
        initial: 'silent',
        on: { 'phone.stopped': 'ending', 'phone.completed': 'ending', 'phone.lost': 'ending' },
        states: {
          silent: { on: { 'caller.committed': {}, 'caller.said': 'spoken' } },
          spoken: { on: { 'caller.said': {} }, exit: 'announceNote' },
        },
      },
      ending: { on: { 'caller.said': late } },
    },
  });

const EVENTS: readonly CallEvent[] = [
  { type: 'caller.committed', itemId: 'u1' },
  { type: 'caller.said', itemId: 'u1', text: 'hello' },
];

function faultsOf(machine: AnyStateMachine): string[] {
  const key = ({ value, status }: AnyMachineSnapshot) => JSON.stringify([value, status]);
  const { situations } = explore(machine, { events: () => EVENTS, key });
  return lostWords(
    machine,
    [...situations.values()].map(({ snapshot }) => snapshot),
  );
}

describe('the law of late words', () => {
  test('the law of late words finds a note that only a state of the floor takes', () => {
    expect(faultsOf(onTheFloor({ on: { 'caller.said': {} } }))).toContain(
      'taking: note.taken is lost when the words come behind phone.stopped',
    );
  });

  test('the law of late words finds an end in which nobody takes the words', () => {
    expect(faultsOf(onTheFloor({}))).toContain('taking: nobody takes the words that come late');
  });

  test('the law of late words finds an end that does not wait for the words', () => {
    expect(faultsOf(onTheFloor({ type: 'final' }))).toEqual([
      'taking: the call is over before the words are there',
    ]);
  });

  test('the law of late words finds a note that is begun by the words and broken off by the end', () => {
    expect(faultsOf(beside(false))).toContain(
      'taking: note is lost when the words come behind phone.stopped',
    );
  });

  test('the law of late words finds a note that is being kept and broken off by the next words', () => {
    expect(faultsOf(beside(false))).toContain('taking: note is broken off behind phone.completed');
  });

  test('the law of late words finds a note that is kept when the caller goes, and only of the words that were there by then', () => {
    expect(faultsOf(gathered({}))).toContain(
      'taking.silent: note.taken is lost when the words come behind phone.lost',
    );
    expect(faultsOf(gathered({ actions: 'announceNote' }))).toEqual([]);
  });

  test('the law of late words finds no fault in a note that is kept beside the floor, and waited for', () => {
    expect(faultsOf(beside(true))).toEqual([]);
  });
});
