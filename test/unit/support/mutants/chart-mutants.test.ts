import { assign, createActor, emit, fromPromise, setup, StateMachine } from 'xstate';
import { describe, expect, test } from 'vitest';
import { chartOf } from '../../../../src/charts/chart.ts';
import { floorOf } from '../../../../src/protocol/state-path.ts';
import { configOf } from '../../../support/mutants/chart-config.ts';
import { allCharts } from '../../../support/mutants/charts.ts';
import { type Mutant, mutantsOf } from '../../../support/mutants/chart-mutants.ts';
import { sampleOf } from '../../../support/mutants/sample.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

/** Every form in which a chart can declare what it takes: short and long, in a list and alone, beside each other and nested. */
const lamp = setup({
  types: {
    context: {} as { presses: number },
    events: {} as { type: 'press' | 'fault' | 'reset' | 'dim' },
    emitted: {} as { type: 'lit' | 'left' },
  },
  actors: { probe: fromPromise<boolean>(() => Promise.resolve(true)) },
  guards: { isFresh: ({ context }) => context.presses === 0 },
  actions: {
    recordPress: assign({ presses: ({ context }) => context.presses + 1 }),
    announceLit: emit({ type: 'lit' }),
    announceLeft: emit({ type: 'left' }),
  },
  delays: { glowFor: 100 },
}).createMachine({
  id: 'lamp',
  context: { presses: 0 },
  type: 'parallel',
  states: {
    light: {
      initial: 'off',
      on: { reset: { target: '.off', reenter: true } },
      states: {
        off: {
          on: {
            press: [
              { guard: 'isFresh', target: 'on', actions: ['recordPress', 'announceLit'] },
              { target: 'tired' },
            ],
          },
        },
        on: { exit: 'announceLeft', on: { press: 'off' }, after: { glowFor: 'off' } },
        tired: { after: { 50: 'off' } },
      },
    },
    health: {
      initial: 'fine',
      states: {
        fine: {
          on: { fault: '#lamp.health.asking' },
        },
        asking: { invoke: { id: 'probe', src: 'probe', onDone: 'fine', onError: { target: 'broken' } } },
        broken: { type: 'final' },
      },
    },
  },
});

const named = (name: string): Mutant => {
  const found = mutantsOf(lamp).find((mutant) => mutant.name === name);
  if (found === undefined) throw new Error(`no mutant "${name}"`);
  return found;
};

/** Where the light is after each press, and after so many milliseconds. */
function shine(name: string | undefined, steps: readonly ('press' | 'reset' | number)[]): string[] {
  const clock = new VirtualClock();
  const machine = name === undefined ? lamp : (named(name).machine() as typeof lamp);
  const actor = createActor(machine, { clock });
  const seen: string[] = [];
  actor.on('*', ({ type }) => seen.push(type));
  actor.start();
  for (const step of steps) {
    if (typeof step === 'number') clock.advance(step);
    else actor.send({ type: step });
    seen.push(floorOf(actor.getSnapshot().value.light));
  }
  return seen;
}

describe('the mutants of a chart', () => {
  test('the mutants of the chart of a lamp are these, and no other', () => {
    expect(mutantsOf(lamp).map(({ kind, name }) => `${kind}: ${name}`)).toEqual([
      'first state: lamp.light: begins in on, not in off',
      'transition: lamp.light on reset: taken out',
      'reentry: lamp.light on reset: is not entered again',
      'target: lamp.light on reset: leads nowhere',
      'target: lamp.light on reset: leads to lamp.light.on, not to lamp.light.off',
      'transition: lamp.light.off on press: taken out',
      'branch: lamp.light.off on press, if isFresh: taken out',
      'guard: lamp.light.off on press, if isFresh: guard isFresh taken out',
      'guard: lamp.light.off on press, if isFresh: guard isFresh negated',
      'action: lamp.light.off on press, if isFresh: action recordPress taken out',
      'action: lamp.light.off on press, if isFresh: action announceLit taken out',
      'target: lamp.light.off on press, if isFresh: leads nowhere',
      'target: lamp.light.off on press, if isFresh: leads to lamp.light.tired, not to lamp.light.on',
      'branch: lamp.light.off on press, otherwise: taken out',
      'target: lamp.light.off on press, otherwise: leads nowhere',
      'target: lamp.light.off on press, otherwise: leads to lamp.light.off, not to lamp.light.tired',
      'action: lamp.light.on exit: action announceLeft taken out',
      'transition: lamp.light.on on press: taken out',
      'target: lamp.light.on on press: leads nowhere',
      'target: lamp.light.on on press: leads to lamp.light.on, not to lamp.light.off',
      'transition: lamp.light.on on after glowFor: taken out',
      'target: lamp.light.on on after glowFor: leads nowhere',
      'target: lamp.light.on on after glowFor: leads to lamp.light.on, not to lamp.light.off',
      'transition: lamp.light.tired on after 50: taken out',
      'delay: lamp.light.tired on after 50: delay doubled',
      'target: lamp.light.tired on after 50: leads nowhere',
      'target: lamp.light.tired on after 50: leads to lamp.light.on, not to lamp.light.off',
      'first state: lamp.health: begins in asking, not in fine',
      'transition: lamp.health.fine on fault: taken out',
      'target: lamp.health.fine on fault: leads nowhere',
      'target: lamp.health.fine on fault: leads to lamp.health.broken, not to lamp.health.asking',
      'child: lamp.health.asking: child probe taken out',
      'transition: lamp.health.asking on probe done: taken out',
      'target: lamp.health.asking on probe done: leads nowhere',
      'target: lamp.health.asking on probe done: leads to lamp.health.asking, not to lamp.health.fine',
      'transition: lamp.health.asking on probe failed: taken out',
      'target: lamp.health.asking on probe failed: leads nowhere',
      'target: lamp.health.asking on probe failed: leads to lamp.health.fine, not to lamp.health.broken',
      'delay: lamp: delay glowFor halved',
      'delay: lamp: delay glowFor doubled',
    ]);
  });

  test.each<[name: string, steps: readonly ('press' | 'reset' | number)[], real: string[], mutant: string[]]>(
    [
      ['lamp.light: begins in on, not in off', [0], ['off'], ['on']],
      [
        'lamp.light on reset: taken out',
        ['press', 'reset'],
        ['lit', 'on', 'left', 'off'],
        ['lit', 'on', 'on'],
      ],
      ['lamp.light.off on press, if isFresh: taken out', ['press'], ['lit', 'on'], ['tired']],
      [
        'lamp.light.off on press, if isFresh: guard isFresh taken out',
        ['press', 'press', 'press'],
        ['lit', 'on', 'left', 'off', 'tired'],
        ['lit', 'on', 'left', 'off', 'lit', 'on'],
      ],
      ['lamp.light.off on press, if isFresh: guard isFresh negated', ['press'], ['lit', 'on'], ['tired']],
      ['lamp.light.off on press, if isFresh: action announceLit taken out', ['press'], ['lit', 'on'], ['on']],
      ['lamp.light.off on press, if isFresh: leads nowhere', ['press'], ['lit', 'on'], ['lit', 'off']],
      [
        'lamp.light.off on press, if isFresh: leads to lamp.light.tired, not to lamp.light.on',
        ['press'],
        ['lit', 'on'],
        ['lit', 'tired'],
      ],
      [
        'lamp.light.on exit: action announceLeft taken out',
        ['press', 'press'],
        ['lit', 'on', 'left', 'off'],
        ['lit', 'on', 'off'],
      ],
      [
        'lamp.light.on on after glowFor: taken out',
        ['press', 100],
        ['lit', 'on', 'left', 'off'],
        ['lit', 'on', 'on'],
      ],
      ['lamp: delay glowFor halved', ['press', 50], ['lit', 'on', 'on'], ['lit', 'on', 'left', 'off']],
      ['lamp: delay glowFor doubled', ['press', 100], ['lit', 'on', 'left', 'off'], ['lit', 'on', 'on']],
      [
        'lamp.light.tired on after 50: delay doubled',
        ['press', 'press', 'press', 50],
        ['lit', 'on', 'left', 'off', 'tired', 'off'],
        ['lit', 'on', 'left', 'off', 'tired', 'tired'],
      ],
    ],
  )('the mutants of a chart differ from it in what they say: %s', (name, steps, real, mutant) => {
    expect(shine(undefined, steps)).toEqual(real);
    expect(shine(name, steps)).toEqual(mutant);
  });

  test('the mutants of a chart leave their chart as it is', () => {
    const before = chartOf(lamp);
    for (const { machine } of mutantsOf(lamp)) machine();
    expect(chartOf(lamp)).toEqual(before);
  });

  test('the mutants of a chart end with an error where they would never rest', () => {
    const chasing = setup({ guards: { isDone: () => false } }).createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { always: { guard: 'isDone', target: 'b' } }, b: { always: 'a' } },
    });
    const mutant = mutantsOf(chasing).find(({ name }) => name.endsWith('guard isDone taken out'));
    const actor = createActor(mutant?.machine() ?? chasing);
    let error: unknown;
    actor.subscribe({
      error: (thrown) => {
        error = thrown;
      },
    });
    actor.start();
    expect(String(error)).toMatch(/Infinite loop/);
  });
});

describe('the charts of the product', () => {
  test('the charts of the product have mutants that can be built, each with a name of its own', async () => {
    const mutants = (await allCharts(process.cwd())).flatMap(mutantsOf);
    expect(mutants.length).toBeGreaterThan(100);
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    for (const { machine } of sampleOf(mutants, 30, 1)) expect(machine).not.toThrow();
  });

  test('the charts of the product are what their copied configuration makes', async () => {
    for (const machine of await allCharts(process.cwd())) {
      const copy = new StateMachine(configOf(machine) as never, machine.implementations as never);
      expect(chartOf(copy)).toEqual(chartOf(machine));
    }
  });
});
