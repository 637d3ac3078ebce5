import { createActor, fromCallback } from 'xstate';
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { createTap } from '../observation/tap.ts';
import type { CallInput } from '../machines/call/call.context.ts';
import type { CallEvent, EndReason } from '../machines/call/call.events.ts';
import { callMachine } from '../machines/call/call.machine.ts';
import type { CallPorts } from '../machines/call/call.ports.ts';
import type { sessionMachine } from '../machines/session/session.machine.ts';
import type { toolCallMachine } from '../machines/tool-call/tool-call.machine.ts';
import type { FullRow } from '../protocol/console-calls.ts';
import type { FeedEntry } from '../protocol/call-feed.ts';
import { CALL_ANNOUNCEMENTS } from '../protocol/feed-announcements.ts';
import { FORMER_ORDERS } from '../protocol/feed-orders.ts';
import { stateName } from '../protocol/state-path.ts';
import { CallRecorder } from '../services/calls/call-recorder.ts';
import { fullRowOf } from '../protocol/shown-rows.ts';
import { ReplayClock } from './replay-clock.ts';

export interface WalkOptions {
  /** How far from its time a timer of the recorded call can have fired, in ms. */
  readonly slackMs: number;
  /** Whether digits are dots in the record. */
  readonly maskDigits: boolean;
}

/**
 * One fact, or one timer, and what the chart did with it: recorded, and today.
 * Both begin with the fact itself, and end before the next one; the first of
 * all has what the chart did before it was told anything.
 */
export interface Moment {
  readonly recorded: readonly FullRow[];
  readonly today: readonly FullRow[];
}

export interface Walk {
  readonly moments: readonly Moment[];
  /** Undefined: today's chart has not come to an end. */
  readonly endReason: EndReason | undefined;
}

/** What the chart announces is among the rows of these names; other announcements are of others. */
const ANNOUNCED_BY_CHART = ['turn.interrupted', 'call.failing'] as const;

/**
 * Walks today's chart through a recorded call, to the end of the record: tells
 * it the recorded facts at their times. No far end is there; a timer fires
 * where the record says so.
 *
 * @throws {EngineError} `REQUEST_INVALID` when the record lacks what the call began with.
 */
export async function walkCall(
  rows: readonly FullRow[],
  { slackMs, maskDigits }: WalkOptions,
): Promise<Walk> {
  const began = rows.find(({ event }) => event === 'call.began');
  const input = inputOf(began);
  const clock = new ReplayClock(Date.parse(began?.at ?? ''), slackMs);
  let today: FullRow[] = [];
  let seq = 0;
  const take = (row: FeedEntry) => {
    today.push(fullRowOf({ ...row, seq: ++seq }, 'full'));
  };
  const recorder = new CallRecorder({
    maskDigits,
    record: (more) => {
      more.forEach(take);
    },
  });
  const tap = createTap(recorder.take, { now: () => clock.now(), isWanted: CallRecorder.isWanted });
  const call = createActor(inertCall, { id: 'call', input, clock, inspect: tap.inspect });
  call.subscribe({ error: () => undefined });
  for (const type of ANNOUNCED_BY_CHART) {
    call.on(type, (announcement) => {
      recorder.announce(clock.now(), announcement);
    });
  }
  const tell = (row: FullRow) => {
    clock.goTo(Date.parse(row.at));
    if (isTimer(row)) clock.fireNext();
    else if (call.getSnapshot().status === 'active') call.send(eventOf(row));
    // Told to a chart that is over, it changes nothing and is written down all the same.
    else today.push({ ...row, seq: ++seq, path: recorder.state, state: stateName(recorder.state) });
  };

  const moments: Moment[] = [];
  for (const recorded of momentsOf(rows)) {
    const [first] = recorded;
    if (first !== undefined && isFact(first)) tell(first);
    else call.start();
    await Promise.resolve(); // The recorder's rows are out at the end of the tick.
    moments.push({ recorded, today });
    today = [];
  }
  const { output } = call.getSnapshot();
  call.stop();
  return { moments, endReason: output?.reason };
}

/** Facts for the call, from any actor; its timers fire by themselves. */
const isFact = ({ to }: FullRow) => to === 'call';
const isTimer = ({ event }: FullRow) => event.startsWith('after.');

/** The rows that are the chart's, from each fact to the next, without orders that no chart gives any more. */
function momentsOf(rows: readonly FullRow[]): FullRow[][] {
  const moments: FullRow[][] = [[]];
  for (const row of rows) {
    if (isFact(row)) moments.push([row]);
    else if (row.event in FORMER_ORDERS) continue;
    else if (row.to !== null || ANNOUNCED_BY_CHART.some((name) => name === row.event))
      moments.at(-1)?.push(row);
  }
  return moments;
}

/** The chart with nobody at its far ends. */
const inertCall = callMachine.provide({
  actors: {
    phoneLeg: fromCallback(() => undefined),
    modelSession: fromCallback(() => undefined) as unknown as typeof sessionMachine,
    // What tools came to is among the facts; one that answered by itself would answer twice.
    toolCall: fromCallback(() => undefined) as unknown as typeof toolCallMachine,
  } satisfies CallPorts,
});

function inputOf(began: FullRow | undefined): CallInput {
  const read = CALL_ANNOUNCEMENTS['call.began'].safeParse(began?.body);
  if (read.success) return { callSid: 'replayed', ...read.data };
  throw new EngineError(
    'REQUEST_INVALID',
    began === undefined
      ? 'the record has no `call.began`: an engine before 0.2 wrote it'
      : `\`call.began\` in the record is invalid: ${z.prettifyError(read.error)}`,
  );
}

/** A fact as it was told. The record is trusted: it was told to a chart before. */
const eventOf = ({ event, body }: FullRow) =>
  ({
    ...body,
    type: event.replace(
      /^(crashed|done)\./,
      (_, how) => `xstate.${how === 'done' ? 'done' : 'error'}.actor.`,
    ),
  }) as unknown as CallEvent;
