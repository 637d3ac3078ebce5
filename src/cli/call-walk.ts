import { z } from 'zod';
import { EngineError } from '../errors.ts';
import type { CallInput } from '../machines/call/call.context.ts';
import type { EndReason } from '../machines/call/call.events.ts';
import type { RestoredCall } from '../machines/call/restored-call.ts';
import type { FullRow } from '../protocol/console-calls.ts';
import type { FeedEntry } from '../protocol/call-feed.ts';
import { CALL_ANNOUNCEMENTS } from '../protocol/feed-announcements.ts';
import { FORMER_ORDERS } from '../protocol/feed-orders.ts';
import { fullRowOf } from '../protocol/shown-rows.ts';
import { ReplayClock } from './replay-clock.ts';
import { ANNOUNCED_BY_CHART, WalkedChart } from './walked-chart.ts';

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
export interface WalkedFact {
  readonly recorded: readonly FullRow[];
  readonly today: readonly FullRow[];
}

export interface Walk {
  readonly moments: readonly WalkedFact[];
  /** Undefined: today's chart has not come to an end. */
  readonly endReason: EndReason | undefined;
}

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
  const take = (row: FeedEntry | FullRow) => {
    today.push('path' in row ? { ...row, seq: ++seq } : fullRowOf({ ...row, seq: ++seq }, 'full'));
  };
  let walked = new WalkedChart({ input, clock, maskDigits, take });

  const moments: WalkedFact[] = [];
  for (const recorded of momentsOf(rows)) {
    const [first] = recorded;
    if (first?.event === 'call.resumed') {
      walked.stop();
      clock.goTo(Date.parse(first.at));
      walked = new WalkedChart({ input: inputAgain(first), clock, maskDigits, take });
    }
    if (first !== undefined && isFact(first)) walked.tell(first);
    else walked.start();
    await Promise.resolve(); // The recorder's rows are out at the end of the tick.
    moments.push({ recorded, today });
    today = [];
  }
  return { moments, endReason: walked.stop() };
}

/** Facts for the call, from any actor, and its timers. */
const isFact = ({ to }: FullRow) => to === 'call';

/** The rows that are the chart's, from each fact to the next, without orders that no chart gives any more. */
function momentsOf(rows: readonly FullRow[]): FullRow[][] {
  const moments: FullRow[][] = [[]];
  for (const row of rows) {
    // Another process begins with a chart of its own.
    if (isFact(row) || row.event === 'call.resumed') moments.push([row]);
    else if (row.event in FORMER_ORDERS) continue;
    else if (row.to !== null || ANNOUNCED_BY_CHART.some((name) => name === row.event))
      moments.at(-1)?.push(row);
  }
  return moments;
}

/** What a chart was told that went on with a call. What was said in it is the affair of its session, which is not here. */
function inputAgain({ body: recorded }: FullRow): CallInput {
  const read = CALL_ANNOUNCEMENTS['call.resumed'].safeParse(recorded);
  if (!read.success) {
    throw new EngineError(
      'REQUEST_INVALID',
      `\`call.resumed\` in the record is invalid: ${z.prettifyError(read.error)}`,
    );
  }
  const restored: RestoredCall = { ...read.data, history: [] };
  return { callSid: 'replayed', ...read.data, restored };
}

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
