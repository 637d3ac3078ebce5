import { createActor, fromCallback } from 'xstate';
import { z } from 'zod';
import { EngineError } from '../errors.ts';
import { createTap } from '../inspector/tap.ts';
import type { CallInput } from '../machines/call/call.context.ts';
import type { CallEvent } from '../machines/call/call.events.ts';
import { callMachine } from '../machines/call/call.machine.ts';
import type { toolCallMachine } from '../machines/tool-call/tool-call.machine.ts';
import type { FullRow } from '../protocol/console-calls.ts';
import { CallRecorder } from '../services/call-recorder.ts';
import type { EventRow } from '../services/storage/journal.port.ts';
import { ReplayClock } from './replay-clock.ts';

/** What a replay came to. */
export interface Replay {
  /** Rows that were walked through until then. */
  readonly rows: number;
  /** Undefined: today's chart does what was recorded. */
  readonly difference: Difference | undefined;
}

export interface Difference {
  /** The recorded row at which they part; the last one when the chart went on. */
  readonly seq: number;
  readonly recorded: string;
  readonly today: string;
}

/** What the chart was told of the call at its beginning, as `call.began` holds it. */
const Began = z.object({
  turns: z.enum(['model', 'chart']),
  bargeIn: z.enum(['immediate', 'confirmed']),
  greetingMode: z.enum(['model', 'clip']),
  filler: z.enum(['clip', 'model', 'none']),
  greeting: z.string(),
  canTransfer: z.boolean(),
  isRecorded: z.boolean().default(false),
  limits: z.object({
    maxCallMs: z.number(),
    idleMs: z.number(),
    toolTimeoutMs: z.number(),
    maxTurnMs: z.number(),
    minSpeechMs: z.number(),
  }),
});

/** Fields of an order that say what it is; the others hold words, which a file can have as dots. */
const TELLING = ['purpose', 'clip', 'next', 'allowed', 'muted', 'role'] as const;

/**
 * Walks today's chart through a recorded call: tells it the recorded facts at
 * their times, and compares the states it goes through and the orders it gives.
 * No far end is there; a timer fires where the record says so.
 *
 * @throws {EngineError} `REQUEST_INVALID` when the record lacks what the call began with.
 */
export async function replayCall(rows: readonly FullRow[]): Promise<Replay> {
  // What is announced to nobody in particular changes nothing, and follows from the rest.
  const recorded = rows.filter(({ to }) => to !== null);
  const began = rows.find(({ event }) => event === 'call.began');
  const input = inputOf(began);
  const clock = new ReplayClock(Date.parse(began?.at ?? ''));
  const today: EventRow[] = [];
  const recorder = new CallRecorder({ maskDigits: true, record: (more) => today.push(...more) });
  const tap = createTap(recorder.take, { now: () => clock.now() });
  const call = createActor(inertCall, { id: 'call', input, clock, inspect: tap.inspect });
  call.subscribe({ error: () => undefined });
  call.start();

  for (const [index, row] of recorded.entries()) {
    const isTold = today.length > index;
    if (!isTold) {
      clock.goTo(Date.parse(row.at));
      if (row.event.startsWith('after.')) clock.fireNext();
      else if (row.to === 'call' && call.getSnapshot().status === 'active') call.send(eventOf(row));
      await Promise.resolve(); // The recorder's rows are out at the end of the tick.
    }
    const done = today[index];
    const difference = differenceOf(row, done);
    if (difference !== undefined) return { rows: index, difference };
  }
  const more = today[recorded.length];
  const last = recorded.at(-1);
  call.stop();
  return {
    rows: recorded.length,
    difference: more && { seq: last?.seq ?? 0, recorded: 'nothing more', today: inWords(more) },
  };
}

/** The chart with nobody at its far ends. */
const inertCall = callMachine.provide({
  actors: {
    phoneLeg: fromCallback(() => undefined),
    modelLeg: fromCallback(() => undefined),
    // What tools came to is among the facts; one that answered by itself would answer twice.
    toolCall: fromCallback(() => undefined) as unknown as typeof toolCallMachine,
  },
});

function inputOf(began: FullRow | undefined): CallInput {
  const read = Began.safeParse(began?.body);
  if (read.success) return { callSid: 'replayed', ...read.data };
  throw new EngineError(
    'REQUEST_INVALID',
    began === undefined
      ? 'the record does not say what the call began with: it is of an engine before 0.2'
      : `the record says wrongly what the call began with: ${z.prettifyError(read.error)}`,
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

function differenceOf(row: FullRow, today: EventRow | undefined): Difference | undefined {
  if (today === undefined) {
    return { seq: row.seq, recorded: inWords({ ...row, state: row.path }), today: 'nothing' };
  }
  const recorded = { ...row, state: row.path };
  const isSame =
    row.event === today.event &&
    // A fact is told here by the replay, whoever told it then.
    (row.to === 'call' || row.actor === today.actor) &&
    row.path === today.state &&
    TELLING.every((field) => row.body[field] === today.body[field]);
  return isSame ? undefined : { seq: row.seq, recorded: inWords(recorded), today: inWords(today) };
}

function inWords({
  actor,
  event,
  state,
  body,
}: Pick<EventRow, 'actor' | 'event' | 'state' | 'body'>): string {
  const telling = TELLING.map((field) => body[field]).filter(
    (word) => typeof word === 'string' || typeof word === 'boolean',
  );
  return [
    `${event} (${actor}${telling.length > 0 ? `, ${telling.map(String).join(', ')}` : ''})`,
    `in ${state}`,
  ].join(' ');
}
