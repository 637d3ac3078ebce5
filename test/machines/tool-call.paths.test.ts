import { createActor, type EventObject, fromPromise, setup } from 'xstate';
import { afterAll, describe, expect, test } from 'vitest';
import { EngineError } from '../../src/errors.ts';
import type { ToolFact, ToolOutcome } from '../../src/machines/call/call.events.ts';
import { toolCallMachine, type ToolCallInput } from '../../src/machines/tool-call/tool-call.machine.ts';
import type { RunToolInput } from '../../src/machines/tool-call/tool-call.ports.ts';
import { TransitionCoverage, transitionKeys } from '../../src/testing/coverage.ts';
import { coveringPaths, explore } from '../../src/testing/explore.ts';
import { settled, VirtualClock } from '../support/virtual-clock.ts';

const input: ToolCallInput = {
  callSid: 'CA1',
  slot: 'tool.0',
  request: { toolCallId: 'fc_1', name: 'book_appointment', argumentsJson: '{}' },
  timeoutMs: 8000,
};

const done: ToolOutcome = { status: 'ok', output: '{"booked":true}' };
const refusal = new EngineError('TOOL_REFUSED', 'closed on Sundays');

/** Everything that can happen to a tool call, and how a test brings it about. */
const happenings: Record<
  string,
  { event: EventObject & Record<string, unknown>; bring: (stage: Stage) => void }
> = {
  'the tool answers': {
    event: { type: 'xstate.done.actor.run', actorId: 'run', output: done },
    bring: ({ answer }) => {
      answer(done);
    },
  },
  'the tool fails': {
    event: { type: 'xstate.error.actor.run', actorId: 'run', error: refusal },
    bring: ({ fail }) => {
      fail(refusal);
    },
  },
  'time is up': {
    event: { type: 'xstate.after.settleWithin.toolCall.running' },
    bring: ({ clock }) => {
      clock.advance(input.timeoutMs);
    },
  },
  'the call cancels': {
    event: { type: 'cancel' },
    bring: ({ cancel }) => {
      cancel();
    },
  },
};

interface Stage {
  readonly clock: VirtualClock;
  readonly facts: ToolFact[];
  readonly signal: AbortSignal | undefined;
  readonly answer: (outcome: ToolOutcome) => void;
  readonly fail: (error: unknown) => void;
  readonly cancel: () => void;
  readonly value: () => unknown;
}

const coverage = new TransitionCoverage();

/** A real tool call under a parent that writes down what it is told. */
function stage(): Stage {
  const clock = new VirtualClock();
  const facts: ToolFact[] = [];
  let answer: Stage['answer'] = () => undefined;
  let fail: Stage['fail'] = () => undefined;
  let signal: AbortSignal | undefined;
  const toolCall = toolCallMachine.provide({
    actors: {
      runTool: fromPromise<ToolOutcome, RunToolInput>((running) => {
        signal = running.signal;
        return new Promise((resolve, reject) => {
          answer = resolve;
          fail = reject;
        });
      }),
    },
  });
  const call = setup({ types: { events: {} as ToolFact }, actors: { toolCall } }).createMachine({
    id: 'call',
    invoke: { id: 'tool', src: 'toolCall', input },
    on: { 'tool.settled': { actions: ({ event }) => facts.push(event) } },
  });
  const actor = createActor(call, { clock, inspect: coverage.inspect }).start();
  const child = () => actor.getSnapshot().children.tool;
  return {
    clock,
    facts,
    get signal() {
      return signal;
    },
    answer: (outcome) => {
      answer(outcome);
    },
    fail: (error) => {
      fail(error);
    },
    cancel: () => child()?.send({ type: 'cancel' }),
    value: () => (child()?.getSnapshot() as { value?: unknown } | undefined)?.value,
  };
}

/** What the model is told. */
const told = ({ facts }: Stage): unknown => JSON.parse(facts[0]?.outcome.output ?? 'null');

const exploration = explore(toolCallMachine, {
  input,
  events: () => Object.values(happenings).map(({ event }) => event),
  key: ({ value, status }) => JSON.stringify([value, status]),
});
const paths = coveringPaths(exploration);

describe('a tool call', () => {
  test('a tool call can take every transition that its chart draws', () => {
    expect([...exploration.reachable].toSorted()).toEqual(transitionKeys(toolCallMachine).toSorted());
  });

  for (const path of paths) {
    const names = path.map(
      ({ event }) =>
        Object.entries(happenings).find(
          ([
            ,
            {
              event: { type },
            },
          ]) => type === event.type,
        )?.[0] ?? '',
    );
    test(`a tool call settles once, whatever follows, when ${names.join(', then ')}`, async () => {
      const on = stage();
      for (const name of names) {
        happenings[name]?.bring(on);
        await settled();
      }
      expect(JSON.stringify([on.value(), 'done'])).toBe(path.at(-1)?.to);

      // Everything else that can happen comes too late.
      for (const [name, { bring }] of Object.entries(happenings)) if (name !== 'the call cancels') bring(on);
      await settled();
      expect(on.facts).toHaveLength(1);
      expect(on.facts[0]).toMatchObject({ slot: 'tool.0', toolCallId: 'fc_1', name: 'book_appointment' });
      expect(on.clock.pending).toBe(0);
    });
  }

  test('a tool call tells the outcome of its tool as it is', async () => {
    const on = stage();
    on.answer(done);
    await settled();
    expect(on.facts[0]?.outcome).toEqual(done);
  });

  test('a tool call tells the model the code of a failure, and not its message', async () => {
    const on = stage();
    on.fail(refusal);
    await settled();
    expect(told(on)).toMatchObject({ status: 'failed', error: 'TOOL_REFUSED' });
  });

  test('a tool call gives a failure without a code the code TOOL_FAILED', async () => {
    const on = stage();
    on.fail(new Error('read ECONNRESET'));
    await settled();
    expect(told(on)).toEqual({ status: 'failed', error: 'TOOL_FAILED', reason: 'a tool failed' });
  });

  test('a tool call aborts its tool at the deadline, and not 1 ms before it', async () => {
    const on = stage();
    on.clock.advance(input.timeoutMs - 1);
    expect(on.facts).toEqual([]);
    expect(on.signal?.aborted).toBe(false);
    on.clock.advance(1);
    await settled();
    expect(told(on)).toEqual({
      status: 'timedOut',
      error: 'TOOL_TIMEOUT',
      reason: expect.stringMatching(/may still happen/) as string,
    });
    expect(on.signal?.aborted).toBe(true);
  });

  test('a tool call aborts its tool when the call cancels it', async () => {
    const on = stage();
    on.cancel();
    await settled();
    expect(on.facts[0]?.outcome.status).toBe('cancelled');
    expect(on.signal?.aborted).toBe(true);
  });

  afterAll(() => {
    // On real actors, not only in the model.
    expect(coverage.missing(toolCallMachine)).toEqual([]);
  });
});
