import type { EventObject, InspectionEvent } from 'xstate';
import { afterAll, describe, expect, test } from 'vitest';
import { createTap } from '../../src/inspector/tap.ts';
import type { CallInput } from '../../src/machines/call/call.context.ts';
import type { CallEvent } from '../../src/machines/call/call.events.ts';
import { callMachine } from '../../src/machines/call/call.machine.ts';
import { CallRecorder } from '../../src/services/call-recorder.ts';
import type { EventRow } from '../../src/services/storage/journal.port.ts';
import { ChartUnderTest, plainCall } from '../support/call-chart.ts';
import { spokenInto, type Told } from '../support/callers-floor.ts';
import { happenings, situationOf } from '../support/call-happenings.ts';
import { TransitionCoverage, transitionKeys } from '../../src/testing/coverage.ts';
import { type Exploration, explore, type Step } from '../../src/testing/explore.ts';
import { lintChart, unboundedStates } from '../../src/testing/chart-lint.ts';
import { brokenWays } from '../support/proof/taken-law.ts';

/** Thousands of calls for each test: a second when the machine is idle. */
const PATIENCE_MS = 60_000;

/** Calls that differ in what their profile decides; together they can take every transition. */
const calls: Record<string, { input: Partial<CallInput>; tell: 'debts' | 'patience' }> = {
  'a plain call, by what it owes': { input: {}, tell: 'debts' },
  'a plain call, by its patience': { input: {}, tell: 'patience' },
  'a call with nobody to transfer to': { input: { canTransfer: false }, tell: 'patience' },
  'a call whose chart owns the turns': {
    input: { turns: 'chart', bargeIn: 'confirmed', greetingMode: 'clip', filler: 'model' },
    tell: 'patience',
  },
  'a call whose chart owns the turns, interrupted at once': {
    input: { turns: 'chart', filler: 'model' },
    tell: 'debts',
  },
};

const coverage = new TransitionCoverage();

/** A day: longer than all that a call may wait for, one after the other. */
const A_DAY_MS = 86_400_000;

/** The chart sees a timer that fired, and a crash of a leg, as events like any other. */
const asFact = (event: EventObject) => event as CallEvent;

/**
 * For each transition that can be taken one shortest way to it. Not joined to
 * longer ones: a situation leaves out what the chart does not decide on there,
 * and two ways into it may differ in just that later.
 */
function shortestPaths({ steps, situations }: Exploration): Step[][] {
  const covered = new Set<string>();
  return steps.flatMap((step) => {
    if (step.taken.every((key) => covered.has(key))) return [];
    for (const key of step.taken) covered.add(key);
    return [[...(situations.get(step.from)?.path ?? []), step]];
  });
}

/** Walks one path on a real actor; what it says of the situation must be what the model says. */
function walk(
  input: Partial<CallInput>,
  path: readonly Step[],
  situation: ReturnType<typeof situationOf>,
  inspect: (event: InspectionEvent) => void = coverage.inspect,
) {
  const call = new ChartUnderTest(input, { inspect, answers: false });
  const history: Told[] = [];
  for (const step of path) {
    const given = call.orders.length;
    call.tell(asFact(step.event));
    history.push({ event: step.event.type, orders: call.orderTypes.slice(given) });
    // Here the tools that are told to stop answer at once, which the bare model cannot know.
    if (!step.event.type.startsWith('xstate.after.toolsWithin.')) {
      expect(situation(call.actor.getSnapshot()), step.event.type).toBe(step.to);
    }
    obeyLaws(call);
  }
  expect(spokenInto(history)).toEqual([]);
  return call;
}

/** What must hold after every step of every call. */
function obeyLaws(call: ChartUnderTest): void {
  expect(call.error).toBeUndefined();
  const { status, children, context } = call.actor.getSnapshot();
  // A tool call that has settled is gone; one that runs has a slot.
  const slots = Object.keys(children).filter((id) => id.startsWith('tool.'));
  if (status === 'active') expect(slots.sort()).toEqual(Object.keys(context.tools).sort());
  // Nothing speaks once the line is closed.
  const types = call.orders.map(({ type }) => type);
  const left = types.lastIndexOf('leaveStream');
  const leaving = call.orders[left];
  if (leaving?.type === 'leaveStream' && leaving.next === 'hangup') {
    expect(types.slice(left)).not.toContain('playClip');
    expect(types.slice(left)).not.toContain('createResponse');
  }
}

test('the chart of a call is sound, and no state of it can last for ever', () => {
  expect(lintChart(callMachine)).toEqual([]);
  expect(unboundedStates(callMachine)).toEqual([]);
});

describe.each(Object.entries(calls))('%s', (_, { input, tell }) => {
  const situation = situationOf(tell);
  const exploration = explore(callMachine, {
    input: { ...plainCall, ...input },
    events: happenings,
    key: situation,
    limit: 1500,
  });
  const paths = shortestPaths(exploration);

  test('walks every path that its chart allows', { timeout: PATIENCE_MS }, () => {
    for (const path of paths) {
      const rows: EventRow[] = [];
      const recorder = new CallRecorder({ maskDigits: true, record: (more) => rows.push(...more) });
      const tap = createTap(recorder.take, { now: () => 0 });
      walk(input, path, situation, (event) => {
        coverage.inspect(event);
        tap.inspect(event);
      });
      recorder.close(0);
      expect(brokenWays(callMachine, rows)).toEqual([]);
    }
  });

  test('can be hung up in every situation, and is over within a second', { timeout: PATIENCE_MS }, () => {
    for (const { path } of exploration.situations.values()) {
      const call = walk(input, path, situation);
      if (call.actor.getSnapshot().status === 'active') call.tell({ type: 'phone.completed' });
      call.clock.advance(1000);
      expect(call.actor.getSnapshot().status).toBe('done');
    }
  });

  test('ends by itself in every situation, however silent the world is', { timeout: PATIENCE_MS }, () => {
    for (const { path } of exploration.situations.values()) {
      const call = walk(input, path, situation);
      call.clock.advance(A_DAY_MS);
      const { status, output } = call.actor.getSnapshot();
      expect(status).toBe('done');
      expect(output?.reason).toBeDefined();
    }
  });
});

describe('all of them together', () => {
  const all = transitionKeys(callMachine);

  test('take every transition of the chart', () => {
    expect(coverage.missing(callMachine)).toEqual([]);
  });

  afterAll(() => {
    const covered = all.length - coverage.missing(callMachine).length;
    process.stdout.write(`call: ${String(covered)} of ${String(all.length)} transitions taken\n`);
  });
});
