import { type BodyOf, eventName, type StoredEntry } from '../../../protocol/call-feed.ts';
import { isBargeIn } from '../../../protocol/speaking.ts';
import { turnTimesOf, waitOf } from '../../../protocol/turn-times.ts';
import { callRecordOf } from './call-record.fold.ts';
import { type Spread, stepOf } from './spread.ts';

/** How often something was, by its name. */
export type Counts = Record<string, number>;

/** What is counted of calls. Numbers only, so that two of them can be added, and one be taken away again. */
export interface CallSums {
  calls: number;
  totalMs: number;
  durations: Spread;
  /** From the caller's silence to the agent being heard. */
  waits: Spread;
  /** Of how many of them it is known when the caller fell silent. Sums of older engines have none. */
  measuredWaits: number;
  endReasons: Counts;
  bargeIns: number;
  callsWithBargeIn: number;
  /** Tool, then how it settled. */
  tools: Record<string, Counts>;
  usage: Counts;
  /** Language that the caller spoke last. */
  languages: Counts;
  /** Transition keys: how often taken, and in how many calls. */
  transitions: Record<string, { taken: number; calls: number }>;
  /** State paths, and those of the states around them: how often entered, for how long. */
  states: Record<string, { visits: number; dwell: Spread }>;
  /** Event and state, a space between: facts that the state did not take. */
  untaken: Counts;
}

/** Without a prototype: names come from models and callers, and `__proto__` is one like any other. */
const nothing = (): Record<string, never> => Object.create(null) as Record<string, never>;

export function noSums(): CallSums {
  return {
    calls: 0,
    totalMs: 0,
    durations: nothing(),
    waits: nothing(),
    measuredWaits: 0,
    endReasons: nothing(),
    bargeIns: 0,
    callsWithBargeIn: 0,
    tools: nothing(),
    usage: nothing(),
    languages: nothing(),
    transitions: nothing(),
    states: nothing(),
    untaken: nothing(),
  };
}

/** What one call adds. */
export function callSumsOf(rows: readonly StoredEntry[]): CallSums {
  const sums = noSums();
  const record = callRecordOf(rows);
  sums.calls = 1;
  if (record?.durationMs != null) {
    sums.totalMs = record.durationMs;
    count(sums.durations, stepOf(record.durationMs));
  }
  if (record?.endReason != null) count(sums.endReasons, record.endReason);
  for (const { totalMs, isAtLeast } of turnTimesOf(rows).map(waitOf)) {
    if (totalMs === undefined) continue;
    count(sums.waits, stepOf(totalMs));
    if (!isAtLeast) sums.measuredWaits++;
  }

  let language: string | undefined;
  for (const row of rows) {
    countSteps(sums, row);
    if (isBargeIn(row)) sums.bargeIns++;
    if (row.event === 'tool.settled') countTool(sums, row.body);
    if (row.event === 'usage.reported') countUsage(sums, row.body.usage);
    if (row.event === 'caller.said') language = row.body.language ?? language;
  }
  if (sums.bargeIns > 0) sums.callsWithBargeIn = 1;
  if (language !== undefined) count(sums.languages, language);
  countDwelling(sums, rows);
  return sums;
}

/** Adds sums to sums, in place; or takes them away again. */
export function addSums(into: CallSums, more: CallSums, times: 1 | -1 = 1): CallSums {
  addTree(into as unknown as Tree, more as unknown as Tree, times);
  return into;
}

interface Tree {
  [name: string]: number | Tree;
}

function addTree(into: Tree, more: Tree, times: 1 | -1): void {
  for (const [name, value] of Object.entries(more)) {
    const known = into[name];
    if (typeof value === 'number') {
      into[name] = (typeof known === 'number' ? known : 0) + times * value;
    } else {
      const below = typeof known === 'object' ? known : nothing();
      into[name] = below;
      addTree(below, value, times);
    }
  }
}

function count(counts: Counts, name: string, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by;
}

function countSteps(sums: CallSums, row: StoredEntry): void {
  const { state, taken } = row;
  if (taken?.length === 0) count(sums.untaken, `${eventName(row)} ${state}`);
  for (const key of taken ?? []) {
    sums.transitions[key] ??= { taken: 0, calls: 1 };
    sums.transitions[key].taken++;
  }
}

function countTool(sums: CallSums, { name, outcome }: BodyOf<'tool.settled'>): void {
  sums.tools[name] ??= nothing();
  count(sums.tools[name], outcome.status);
}

function countUsage(sums: CallSums, usage: BodyOf<'usage.reported'>['usage']): void {
  for (const [name, value] of Object.entries(usage)) {
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) count(sums.usage, name, value);
  }
}

/** A state is dwelt in from its entry until the call is in none of the states inside it. */
function countDwelling(sums: CallSums, rows: readonly StoredEntry[]): void {
  let path = '';
  const enteredAt = new Map<string, number>();
  for (const { state, at, event } of rows) {
    const isOver = event === 'call.ended';
    if (!isOver && (state === '' || state === path)) continue;
    path = isOver ? '' : state;
    const around = new Set(statesAround(path));
    for (const [left, since] of enteredAt) {
      if (around.has(left)) continue;
      enteredAt.delete(left);
      sums.states[left] ??= { visits: 0, dwell: nothing() };
      sums.states[left].visits++;
      count(sums.states[left].dwell, stepOf(at - since));
    }
    if (isOver) return;
    for (const entered of around) if (!enteredAt.has(entered)) enteredAt.set(entered, at);
  }
}

/** A path and those of all states around it: `a.b.c` is in `a.b.c`, `a.b` and `a`. */
export function statesAround(path: string): string[] {
  const parts = path.split('.').filter((part) => part !== '');
  return parts.map((_, at) => parts.slice(0, at + 1).join('.'));
}
