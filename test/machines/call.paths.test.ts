import type { AnyMachineSnapshot, EventObject, InspectionEvent, StateValue } from 'xstate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTap } from '../../src/observation/tap.ts';
import type { CallInput } from '../../src/machines/call/call.context.ts';
import type { CallEvent } from '../../src/machines/call/call.events.ts';
import type { RestoredCall } from '../../src/machines/call/restored-call.ts';
import { callMachine } from '../../src/machines/call/call.machine.ts';
import { CallRecorder } from '../../src/services/calls/call-recorder.ts';
import type { FeedEntry } from '../../src/protocol/call-feed.ts';
import { ChartUnderTest, plainCall } from '../support/call-chart.ts';
import { happenings, pairsIn, situationOf } from '../support/call-happenings.ts';
import { isNight, patience, seed } from '../support/night.ts';
import { brokenLaws } from '../support/laws/call-laws.ts';
import { lostWords } from '../support/laws/late-words.ts';
import { TransitionCoverage, transitionKeys } from '../../src/testing/coverage.ts';
import { type Exploration, explore, type Step } from '../../src/testing/explore.ts';
import { lintChart, unboundedStates } from '../../src/testing/chart-lint.ts';
import { brokenWays } from '../support/proof/taken-law.ts';

/** Thousands of calls for each test: seconds when the machine is idle. */
const PATIENCE_MS = patience(120_000);
/** More than there are, with each pair of states once. */
const SITUATIONS = 20_000;

/** Calls that differ in what their profile decides; together they can take every transition. */
const calls: Record<string, Partial<CallInput>> = {
  'a call that is recorded': { isRecorded: true },
  'a call with nobody to transfer to': { canTransfer: false },
  'a call whose chart owns the turns': {
    ...{ turns: 'chart', bargeIn: 'confirmed', greetingMode: 'clip', filler: 'model' },
  },
  'a call that is interrupted at once, and whose chart owns the turns': { turns: 'chart', filler: 'model' },
};

const coverage = new TransitionCoverage();

/** Every situation is walked to by night; by day one in so many, another one for each seed. */
const ONE_IN = 6;

/** A day: longer than all that a call may wait for, one after the other. */
const A_DAY_MS = 86_400_000;

/** The chart sees a timer that fired, and a crash of a leg, as events like any other. */
const asFact = (event: EventObject) => event as CallEvent;

/** For each transition that can be taken one shortest way to it. */
function shortestPaths({ steps, situations }: Exploration): Step[][] {
  const covered = new Set<string>();
  return steps.flatMap((step) => {
    if (step.taken.every((key) => covered.has(key))) return [];
    for (const key of step.taken) covered.add(key);
    return [[...(situations.get(step.from)?.path ?? []), step]];
  });
}

/** A call in whose first process caller and agent had talked for a minute. */
const talked: RestoredCall = {
  ...{
    elapsedMs: 60_000,
    resumes: 0,
    owed: 'nothing',
    consequence: 'none',
    isWarned: false,
    tellings: 0,
    nextSlot: 2,
  },
  recording: { standing: 'off' },
  history: [{ role: 'user', itemId: 'u0', text: 'hello' }],
};

/** How the line and the session of such a call come up, or do not. */
const comebacks: readonly ((call: ChartUnderTest) => void)[] = [
  (call) => call.connect(),
  (call) =>
    call.tell(
      { type: 'phone.attached', streamSid: 'MZ2' },
      { type: 'model.opened' },
      { type: 'model.configured' },
    ),
  (call) => call.tell({ type: 'phone.attached', streamSid: 'MZ2' }),
  (call) => call.tell({ type: 'phone.completed' }),
  () => undefined,
];

/** A call on a real actor, and what was written of it. */
class WalkedCall {
  readonly rows: FeedEntry[] = [];
  readonly call: ChartUnderTest;
  readonly #recorder = new CallRecorder({ maskDigits: true, record: (more) => this.rows.push(...more) });

  constructor(input: Partial<CallInput>) {
    const tap = createTap(this.#recorder.take, { now: () => 0 });
    const inspect = (event: InspectionEvent) => {
      coverage.inspect(event);
      tap.inspect(event);
    };
    const built = (value: StateValue) => {
      this.#recorder.begin(0, { event: 'call.began', body: { ...plainCall, ...input } }, value);
    };
    this.call = new ChartUnderTest(input, { inspect, built, answers: false });
    this.call.actor.on('recording.begins', (announced) => {
      this.#recorder.announce(0, announced);
    });
  }

  /** Walks one path; where it leads must be where the model says that it leads. */
  walk(path: readonly Step[]): this {
    for (const { event, to } of path) {
      this.call.tell(asFact(event));
      // Here the tools that are told to stop answer at once, which the bare model cannot know.
      if (!event.type.startsWith('xstate.after.toolsWithin.')) {
        expect(situationOf(this.call.actor.getSnapshot()), event.type).toBe(to);
      }
      const { status, children, context } = this.call.actor.getSnapshot();
      // A tool call that has settled is gone; one that runs has a slot.
      const slots = Object.keys(children).filter((id) => id.startsWith('tool.'));
      if (status === 'active') expect(slots.sort()).toEqual(Object.keys(context.tools).sort());
    }
    return this;
  }

  /** Every law of it has been kept. */
  judge(): void {
    this.#recorder.close(0);
    expect(this.call.error).toBeUndefined();
    expect(brokenLaws(this.rows)).toEqual([]);
    expect(brokenWays(callMachine, this.rows)).toEqual([]);
  }
}

test('the chart of a call is sound, and no state of its floor can last for ever', () => {
  expect(lintChart(callMachine)).toEqual([]);
  expect(unboundedStates(callMachine, 'floor')).toEqual([]);
});

describe.each(Object.entries(calls))('%s', (kind, input) => {
  let exploration: Exploration;
  /** Ways to situations, for an actor to walk. */
  let sample: readonly (readonly Step[])[];
  /** One for each set of states: what has been counted by then makes no difference to words. */
  let inStates: ReadonlyMap<string, AnyMachineSnapshot>;

  // Not before somebody wants it: a run of one kind of call (`-t`) explores no other.
  beforeAll(() => {
    exploration = explore(callMachine, {
      input: { ...plainCall, ...input },
      events: happenings,
      key: situationOf,
      features: pairsIn,
      limit: SITUATIONS,
    });
    const walked = new Set(exploration.steps.map(({ from }) => from));
    const situations = [...exploration.situations].filter(([key]) => walked.has(key));
    const paths = situations.map(([, { path }]) => path);
    sample = isNight ? paths : paths.filter((_, index) => index % ONE_IN === Math.abs(seed) % ONE_IN);
    inStates = new Map(situations.map(([, { snapshot }]) => [JSON.stringify(snapshot.value), snapshot]));
  }, PATIENCE_MS);

  test(`${kind} keeps every law on a way to each transition`, { timeout: PATIENCE_MS }, () => {
    for (const path of shortestPaths(exploration)) new WalkedCall(input).walk(path).judge();
  });

  test(`${kind} can be hung up wherever it is, and is over within 1 s`, { timeout: PATIENCE_MS }, () => {
    for (const path of sample) {
      const walk = new WalkedCall(input).walk(path);
      if (walk.call.actor.getSnapshot().status === 'active') walk.call.tell({ type: 'phone.completed' });
      walk.call.clock.advance(1000);
      expect(walk.call.actor.getSnapshot().status).toBe('done');
      walk.judge();
    }
  });

  test(`${kind} does what the caller has said although they hang up before the words are there`, () => {
    expect(lostWords(callMachine, [...inStates.values()])).toEqual([]);
  });

  test(
    `${kind} ends by itself wherever it is, although nothing more is told to it`,
    { timeout: PATIENCE_MS },
    () => {
      for (const path of sample) {
        const walk = new WalkedCall(input).walk(path);
        walk.call.clock.advance(A_DAY_MS);
        const { status, output } = walk.call.actor.getSnapshot();
        expect(status).toBe('done');
        expect(output?.reason).toBeDefined();
        walk.judge();
      }
    },
  );
});

describe('a call that goes on in another process', () => {
  const restored = (over: Partial<RestoredCall>): CallInput => ({
    ...plainCall,
    isRecorded: true,
    restored: { ...talked, ...over },
  });
  const owed = (['greeting', 'reply', 'nothing', 'transfer'] as const).map((what) =>
    restored({ owed: what }),
  );
  const decided = (['end', 'transfer', 'parting'] as const).map((consequence) => restored({ consequence }));
  const recorded = (['consentOwed', 'rolling', 'stopped'] as const).flatMap((standing) =>
    ([undefined, 'operator', 'agent', 'card'] as const).map((pausedBy) =>
      restored({ recording: { standing, ...(pausedBy && { pausedBy }) } }),
    ),
  );

  test('a call that goes on in another process keeps every law, whatever it was at', () => {
    for (const input of [...owed, ...decided, ...recorded, restored({ isWarned: true })]) {
      for (const tell of comebacks) {
        const walk = new WalkedCall(input);
        tell(walk.call);
        walk.call.clock.advance(A_DAY_MS);
        expect(walk.call.actor.getSnapshot().status).toBe('done');
        walk.judge();
      }
    }
  });
});

describe('all kinds of calls together', () => {
  const all = transitionKeys(callMachine);

  test('all kinds of calls together take every transition of the chart', () => {
    expect(coverage.missing(callMachine)).toEqual([]);
  });

  afterAll(() => {
    const covered = all.length - coverage.missing(callMachine).length;
    process.stdout.write(
      `call: ${String(covered)} of ${String(all.length)} transitions taken; SEED=${String(seed)}\n`,
    );
  });
});
