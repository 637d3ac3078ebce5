import { expect, test } from 'vitest';
import {
  type AnyStateMachine,
  createActor,
  createMachine,
  fromCallback,
  fromPromise,
  raise,
  sendTo,
  stateIn,
} from 'xstate';
import type { Frame } from '../../../src/observation/frame.ts';
import { createTap } from '../../../src/observation/tap.ts';
import { CallRecorder } from '../../../src/services/calls/call-recorder.ts';
import type { BodyOf, FeedEntry } from '../../../src/protocol/call-feed.ts';
import { wholeBody } from '../../support/feed-bodies.ts';
import { brokenWays } from '../../support/proof/taken-law.ts';

type Unversioned<Of> = Of extends Frame ? Omit<Of, 'v' | 'at'> : never;

function recorded(...frames: Unversioned<Frame>[]): FeedEntry[] {
  const rows: FeedEntry[] = [];
  const recorder = new CallRecorder({
    maskDigits: true,
    record: (more) => {
      rows.push(...more);
    },
  });
  frames.forEach((frame, at) => {
    recorder.take({ v: 1, at, ...frame });
  });
  return rows;
}

const fact = {
  kind: 'event',
  from: 'model',
  to: 'call',
  type: 'caller.committed',
  body: { itemId: 'i1' },
} as const;
const step = (...taken: string[]) =>
  ({ kind: 'step', actor: 'call', event: 'caller.committed', taken, value: 'listening' }) as const;
const further = (...taken: string[]) => ({ ...step(...taken), follows: true }) as const;
const order = { kind: 'event', from: 'call', to: 'phone', type: 'clearPlayback', body: {} } as const;

test('a fact is written with every transition that it led to, in order', () => {
  const [row] = recorded(
    fact,
    step('first'),
    further('call:call.a|always|0', 'call:call.b|xstate.done.state.call.b|0'),
    order,
  );
  expect(row).toMatchObject({
    ...{ from: 'model', to: 'call', state: 'listening', body: { itemId: 'i1' } },
    taken: ['first', 'call:call.a|always|0', 'call:call.b|xstate.done.state.call.b|0'],
  });
});

test('a fact that the state does not take says so', () => {
  const [row] = recorded(fact, step(), order);
  expect(row).toMatchObject({ body: { itemId: 'i1' }, taken: [] });
});

test('a step without a transition takes nothing back', () => {
  const [row] = recorded(fact, step('first'), further(), order);
  expect(row?.taken).toEqual(['first']);
});

test('an order leads to no step, and says nothing of any', () => {
  const [, row] = recorded(fact, step('first'), order);
  expect(row).toMatchObject({ from: 'call', to: 'phone', event: 'clearPlayback', body: {}, taken: null });
});

test('a fact that is told while orders are given stands behind them, with what the chart made of it', () => {
  /** A leg that answers its first order at once, as the phone leg answers `clearPlayback`. */
  const leg = fromCallback<{ type: 'clearPlayback' | 'pausePlayback' }>(({ receive, sendBack }) => {
    receive(({ type }) => {
      if (type === 'clearPlayback') sendBack({ type: 'playback.cleared' });
    });
  });
  const machine = createMachine({
    id: 'call',
    invoke: { id: 'phone', src: leg },
    initial: 'talking',
    states: {
      talking: {
        on: {
          'caller.startedSpeaking': {
            target: 'cut',
            actions: [sendTo('phone', { type: 'clearPlayback' }), sendTo('phone', { type: 'pausePlayback' })],
          },
        },
      },
      cut: { on: { 'playback.cleared': 'passing' } },
      passing: { always: { target: 'listening', actions: sendTo('phone', { type: 'pausePlayback' }) } },
      listening: {},
    },
  });
  const rows: FeedEntry[] = [];
  const recorder = new CallRecorder({ maskDigits: true, record: (more) => rows.push(...more) });
  const tap = createTap(recorder.take, { now: () => 0 });
  createActor(machine, { id: 'call', inspect: tap.inspect }).start().send({ type: 'caller.startedSpeaking' });

  expect(rows.map(({ event, state, taken }) => [event, state, taken])).toEqual([
    ['caller.startedSpeaking', 'cut', ['call:call.talking|caller.startedSpeaking|0']],
    ['clearPlayback', 'cut', null],
    ['pausePlayback', 'cut', null],
    ['playback.cleared', 'listening', ['call:call.cut|playback.cleared|0', 'call:call.passing|always|0']],
    ['pausePlayback', 'listening', null],
  ]);
});

test('facts of one kind that wait together keep what each of them led to', async () => {
  const machine = createMachine({
    id: 'call',
    initial: 'one',
    states: {
      one: { on: { go: 'two' } },
      two: { on: { go: 'three' }, always: { guard: () => false, target: 'one' } },
      three: { entry: raise({ type: 'settled' }), on: { settled: {} } },
    },
  });
  const rows: FeedEntry[] = [];
  const recorder = new CallRecorder({ maskDigits: true, record: (more) => rows.push(...more) });
  const tap = createTap(recorder.take, { now: () => 0 });
  const call = createActor(machine, { id: 'call', inspect: tap.inspect }).start();
  for (let i = 0; i < 3; i++) call.send({ type: 'go' });
  await Promise.resolve();
  expect(rows.map(({ state, taken }) => [state, taken])).toEqual([
    ['two', ['call:call.one|go|0']],
    ['three', ['call:call.two|go|0', 'call:call.three|settled|0']],
    ['three', []],
  ]);
});

/** Rows of a chart that runs, with the events it was told. */
async function rowsOf(machine: AnyStateMachine, ...events: string[]): Promise<FeedEntry[]> {
  const rows: FeedEntry[] = [];
  const recorder = new CallRecorder({ maskDigits: true, record: (more) => rows.push(...more) });
  const tap = createTap(recorder.take, { now: () => 0 });
  const call = createActor(machine, { id: 'call', inspect: tap.inspect });
  call.subscribe({ error: () => undefined });
  call.start();
  for (const type of events) call.send({ type });
  for (let i = 0; i < 5; i++) await Promise.resolve();
  expect(brokenWays(machine, rows)).toEqual([]);
  return rows;
}

test('what a chart does by itself is of the fact, also behind what nobody takes', async () => {
  const over = { initial: 'last', states: { last: { type: 'final' } } } as const;
  const machine = createMachine({
    id: 'call',
    initial: 'one',
    states: {
      one: { on: { go: 'two' } },
      // That each of its regions is done is a step, and nobody takes it.
      two: { type: 'parallel', states: { left: over, right: over }, onDone: 'three' },
      three: { always: 'four' },
      four: {},
    },
  });
  const [row] = await rowsOf(machine, 'go');
  expect(row).toMatchObject({ event: 'go', state: 'four' });
  expect(row?.taken).toEqual([
    ...['call:call.one|go|0', 'call:call.two|xstate.done.state.call.two|0', 'call:call.three|always|0'],
  ]);
});

test('what an invoked child answers is a row, told by the child', async () => {
  const asked = fromPromise(() => Promise.resolve('well'));
  const failing = fromPromise(() => Promise.reject(new Error('unwell')));
  const machine = createMachine({
    id: 'call',
    initial: 'asking',
    states: {
      asking: { invoke: { id: 'clerk', src: asked, onDone: 'asking again' } },
      'asking again': { invoke: { id: 'boss', src: failing, onError: 'told' } },
      told: {},
    },
  });
  const rows = await rowsOf(machine);
  expect(rows.map(({ from, event, state }) => [from, event, state])).toEqual([
    ['clerk', 'done.clerk', 'asking again'],
    ['boss', 'crashed.boss', 'told'],
  ]);
  expect(rows[0]).toMatchObject({
    body: { output: 'well' },
    taken: ['call:call.asking|xstate.done.actor.clerk|0'],
  });
});

test('the end of a tool call is no row of its own: its answer was one', async () => {
  const machine = createMachine({
    id: 'call',
    invoke: { id: 'tool.0', src: fromPromise(() => Promise.resolve('x')) },
  });
  expect(await rowsOf(machine)).toEqual([]);
});

/** Two regions beside the floor: a debt, and a line. */
const withRegions = createMachine({
  id: 'call',
  initial: 'alive',
  states: {
    alive: {
      type: 'parallel',
      states: {
        floor: {
          initial: 'listening',
          states: {
            listening: { on: { asked: 'speaking', gone: '#over' } },
            speaking: { always: { guard: stateIn({ alive: { turn: 'owed' } }), target: 'listening' } },
          },
        },
        turn: {
          initial: 'answered',
          states: {
            answered: { on: { asked: 'owed' } },
            owed: { on: { silent: 'answered' } },
          },
        },
        line: {
          initial: 'awaited',
          states: {
            awaited: { on: { attached: 'held' } },
            held: { initial: 'clear', states: { clear: {} }, always: 'attached' },
            attached: {},
          },
        },
      },
    },
    over: { id: 'over', type: 'final' },
  },
});

test('a row says which regions changed with it, and the first one has all of them', async () => {
  const rows = await rowsOf(withRegions, 'asked', 'heard', 'attached', 'silent', 'gone');
  expect(rows.map(({ event, state, regions }) => [event, state, regions])).toEqual([
    ['asked', 'listening', { turn: 'owed', line: 'awaited' }],
    ['heard', 'listening', {}],
    ['attached', 'listening', { line: 'attached' }],
    ['silent', 'listening', { turn: 'answered' }],
    ['gone', 'over', {}],
  ]);
});

test('the row with which a call begins has all regions, and the first fact only what it changes', () => {
  const rows: FeedEntry[] = [];
  const recorder = new CallRecorder({ maskDigits: true, record: (more) => rows.push(...more) });
  const tap = createTap(recorder.take, { now: () => 0 });
  const call = createActor(withRegions, { id: 'call', inspect: tap.inspect });
  const began = wholeBody('call.began', {}) as BodyOf<'call.began'>;
  recorder.begin(0, { event: 'call.began', body: began }, call.getSnapshot().value);
  call.start().send({ type: 'attached' });
  recorder.close(0);
  expect(rows.map(({ event, state, regions }) => [event, state, regions])).toEqual([
    ['call.began', 'listening', { turn: 'answered', line: 'awaited' }],
    ['attached', 'listening', { line: 'attached' }],
  ]);
});

test('a region that changed without a row of its own is told by the next fact', () => {
  const told = (turn: string) => ({ alive: { floor: 'listening', turn } });
  const rows = recorded(
    fact,
    { ...step('first'), value: told('answered') },
    { ...step('by itself'), event: 'xstate.done.actor.tool.0', value: told('owed') },
    order,
    fact,
    { ...step(), value: told('owed') },
    order,
  );
  expect(rows.map(({ event, regions }) => [event, regions])).toEqual([
    ['caller.committed', { turn: 'answered' }],
    ['clearPlayback', {}],
    ['caller.committed', { turn: 'owed' }],
    ['clearPlayback', {}],
  ]);
});
