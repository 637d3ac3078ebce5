import { isWithin } from '../../../src/protocol/state-path.ts';
import { type WalkedFact, walkCall, type WalkOptions } from '../../../src/cli/call-walk.ts';
import type { StoredEntry } from '../../../src/protocol/call-feed.ts';
import type { FullRow } from '../../../src/protocol/console-calls.ts';
import type { Difference, Differences } from './golden-files.ts';
import { storedOf } from '../laws/stored-row.ts';
import { spanOf } from './parted-lists.ts';

/** Recorded on a virtual clock: timers fired when they were due, and times are cut to whole ms. */
const WALK: WalkOptions = { slackMs: 1, maskDigits: false };

/**
 * Walks today's chart through a recorded call, and tells every fact behind which
 * it does not do what was recorded: another state, other orders or announcements, or the same in
 * another order. What the chart does by itself, the end and its reason are compared as well.
 *
 * @param states - those that are named otherwise today.
 */
export async function rowDifferences(
  rows: readonly FullRow[],
  states: Differences['states'] = [],
): Promise<Difference[]> {
  const { moments, endReason } = await walkCall(rows, WALK);
  const renamed = rows.map((row) => ({ ...row, path: renamedPath(row.path, states) }));
  const pathOf = new Map(renamed.map(({ seq, path }) => [seq, path]));
  const told = moments.flatMap(({ recorded, today }: WalkedFact): Difference[] => {
    const was = recorded.map((row) => inWords({ ...row, path: pathOf.get(row.seq) ?? row.path }));
    const place = recorded[0]?.seq ?? 0;
    return spanOf(was, today.map(inWords)).map((part) => ({ place, was: part.was, is: part.is }));
  });
  const end = rows.find(({ event }) => event === 'call.ended');
  const ends = spanOf([`ended: ${String(end?.body['reason'])}`], [`ended: ${String(endReason)}`]);
  return [...told, ...ends.map(({ was, is }) => ({ place: end?.seq ?? 0, was, is }))];
}

/** What a call's log would hold if today's chart had been told what the record says: its beginning, then fact by fact. */
export async function rowsOfToday(rows: readonly FullRow[]): Promise<StoredEntry[]> {
  const { moments } = await walkCall(rows, WALK);
  const began = rows.filter(({ event }) => event === 'call.began');
  return [...began, ...moments.flatMap(({ today }) => today)].map(storedOf);
}

/** Names that no state of a recorded call has. */
export const unusedStates = (rows: readonly FullRow[], { states }: Pick<Differences, 'states'>) =>
  states.filter(({ was }) => !rows.some(({ path }) => isWithin(was, path)));

function renamedPath(path: string, states: Differences['states']): string {
  const name = states.find(({ was }) => isWithin(was, path));
  return name === undefined ? path : `${name.is}${path.slice(name.was.length)}`;
}

/** Of a fact, the state that it led to: what it said is the record's. Of an order and an announcement, everything. */
function inWords({ to, actor, event, path, body }: FullRow): string {
  if (to === 'call') return `${event} → ${path}`;
  const words = Object.keys(body).length === 0 ? '' : ` ${JSON.stringify(body)}`;
  return `${to === null ? 'announced' : actor}: ${event}${words}`;
}
