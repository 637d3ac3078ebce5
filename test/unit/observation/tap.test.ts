import { createActor, fromCallback, setup } from 'xstate';
import { describe, expect, test } from 'vitest';
import type { Frame } from '../../../src/observation/frame.ts';
import { createTap } from '../../../src/observation/tap.ts';

const child = setup({ types: { events: {} as { type: 'rest' } } }).createMachine({
  id: 'worker',
  initial: 'busy',
  states: { busy: { on: { rest: 'idle' } }, idle: { type: 'final' } },
});

const machine = setup({
  types: { events: {} as { type: 'go'; count: number } | { type: 'unknown' } },
  actors: { leg: fromCallback(() => undefined), worker: child },
  guards: { isMany: ({ event }) => event.type === 'go' && event.count > 1 },
}).createMachine({
  id: 'call',
  invoke: [
    { src: 'leg', id: 'phone' },
    { src: 'worker', id: 'tool.0' },
  ],
  initial: 'here',
  states: {
    here: { on: { go: [{ guard: 'isMany', target: 'far' }, { target: 'near' }] } },
    near: { type: 'final' },
    far: { initial: 'away', states: { away: {} } },
  },
});

/** A started call and the frames of it. */
function tapped() {
  const frames: Frame[] = [];
  let at = 0;
  const tap = createTap((frame) => frames.push(frame), { now: () => (at += 1) });
  const actor = createActor(machine, { inspect: tap.inspect });
  actor.start();
  return { actor, frames };
}

const of = <Kind extends Frame['kind']>(frames: readonly Frame[], kind: Kind) =>
  frames.filter((frame): frame is Extract<Frame, { kind: Kind }> => frame.kind === kind);

describe('a tap', () => {
  test('a tap names actors by their way from the root, and says which of them are charts', () => {
    const { frames } = tapped();
    expect(of(frames, 'actor').map(({ actor, parent, machine: id }) => ({ actor, parent, id }))).toEqual([
      { actor: 'call', parent: undefined, id: 'call' },
      { actor: 'phone', parent: 'call', id: undefined },
      { actor: 'tool.0', parent: 'call', id: 'worker' },
    ]);
  });

  test('a tap tells an event with its sender, its receiver and its fields', () => {
    const { actor, frames } = tapped();
    actor.send({ type: 'go', count: 2 });
    expect(of(frames, 'event').at(-1)).toMatchObject({ to: 'call', type: 'go', body: { count: 2 } });
    expect(of(frames, 'event').find(({ to }) => to === 'phone')).toMatchObject({ from: 'call' });
  });

  test('a tap tells which branch was taken and where it led', () => {
    const { actor, frames } = tapped();
    actor.send({ type: 'go', count: 2 });
    expect(of(frames, 'step')).toEqual([
      {
        v: 1,
        at: expect.any(Number) as number,
        kind: 'step',
        actor: 'call',
        event: 'go',
        taken: ['call:call.here|go|0'],
        value: { far: 'away' },
      },
    ]);
  });

  test('a tap tells of an event that the state does not take as a step without a transition', () => {
    const { actor, frames } = tapped();
    actor.send({ type: 'unknown' });
    expect(of(frames, 'step').at(-1)).toMatchObject({ event: 'unknown', taken: [], value: 'here' });
  });

  test('a tap tells what a chart does by itself apart from what an event did', () => {
    const frames: Frame[] = [];
    const walker = setup({}).createMachine({
      id: 'call',
      initial: 'here',
      states: {
        here: { on: { go: 'passing' } },
        passing: { always: 'there' },
        there: { on: { go: 'here' } },
      },
    });
    const tap = createTap((frame) => frames.push(frame), { now: () => 0 });
    const actor = createActor(walker, { inspect: tap.inspect }).start();
    actor.send({ type: 'go' });
    actor.send({ type: 'go' });
    expect(of(frames, 'step').map(({ event, taken, follows }) => [event, ...taken, follows])).toEqual([
      ['go', 'call:call.here|go|0', undefined],
      ['go', 'call:call.passing|always|0', true],
      ['go', 'call:call.there|go|0', undefined],
    ]);
  });

  test('a tap tells of every end, with how it ended', () => {
    const { actor, frames } = tapped();
    actor.getSnapshot().children['tool.0']?.send({ type: 'rest' });
    actor.send({ type: 'go', count: 1 });
    expect(of(frames, 'end').map(({ actor: name, status }) => `${name} ${status}`)).toEqual([
      'tool.0 done',
      'phone stopped',
      'call done',
    ]);
  });

  test('a tap knows an actor that was there before the tap', () => {
    const frames: Frame[] = [];
    const actor = createActor(machine).start();
    actor.system.inspect(createTap((frame) => frames.push(frame), { now: () => 0 }).inspect);
    actor.getSnapshot().children['tool.0']?.send({ type: 'rest' });
    expect(of(frames, 'step')[0]).toMatchObject({ actor: 'tool.0', event: 'rest', value: 'idle' });
  });

  test('a tap makes frames only of what is wanted, by kind and by actor', () => {
    const frames: Frame[] = [];
    const asked = new Set<string>();
    const tap = createTap((frame) => frames.push(frame), {
      now: () => 0,
      isWanted: (kind, actor, from) => {
        asked.add([kind, actor, from].join(' '));
        return kind === 'event' && actor === 'call';
      },
    });
    const actor = createActor(machine, { inspect: tap.inspect }).start();
    actor.send({ type: 'go', count: 1 });
    expect(new Set(frames.map(({ kind }) => kind))).toEqual(new Set(['event']));
    expect(new Set(of(frames, 'event').map(({ to }) => to))).toEqual(new Set(['call']));
    for (const each of ['actor phone ', 'step call ', 'end call ']) expect(asked).toContain(each);
  });

  test('a tap makes the same frames of the same call, whatever ran before it', () => {
    const run = () => {
      const { actor, frames } = tapped();
      actor.send({ type: 'go', count: 1 });
      return frames;
    };
    expect(run()).toEqual(run());
  });

  test('a tap never lets what its listener throws reach the call', () => {
    const faults: unknown[] = [];
    const tap = createTap(
      () => {
        throw new Error('the disk is full');
      },
      {
        now: () => 0,
        onFault: (thrown) => {
          faults.push(thrown);
          throw new Error('and so is the log');
        },
      },
    );
    const actor = createActor(machine, { inspect: tap.inspect }).start();
    actor.send({ type: 'go', count: 2 });
    expect(actor.getSnapshot().value).toEqual({ far: 'away' });
    expect(faults.length).toBeGreaterThan(0);
  });
});
