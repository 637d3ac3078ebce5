import { createHash } from 'node:crypto';
import type { StoredEntry } from '../../../protocol/call-feed.ts';
import { statesAround } from './call-sums.fold.ts';
import type { CallRecord } from '../calls.port.ts';
import { transcriptOf } from './transcript.fold.ts';

/**
 * What a call is found by beside its words, as one-word marks: a letter for the
 * kind, then a fingerprint of the value. So that the full-text index can answer
 * every filter at once, and holds nothing that can be read back.
 */
export const markOf = {
  agent: (id: string) => `a${fingerprint(id)}`,
  endReason: (reason: string) => `e${fingerprint(reason)}`,
  visited: (path: string) => `v${fingerprint(path)}`,
  tool: (name: string) => `t${fingerprint(name)}`,
  transition: (key: string) => `k${fingerprint(key)}`,
  ended: 'z',
  /** A number is found by any three digits in a row; whoever asks for more has them all, and checks their order. */
  digits: (digits: string): string[] =>
    Array.from({ length: Math.max(0, digits.length - 2) }, (_, at) => `d${digits.slice(at, at + 3)}`),
} as const;

/** As few of a number's marks as all its digits are in: each of them is in a good part of all calls, and has to be read. */
export function marksToFind(digits: string): string[] {
  const marks = markOf.digits(digits);
  return marks.filter((_, at) => at % 3 === 0 || at === marks.length - 1);
}

/** 40 bits: two values of one engine that share it are found together, once in a million engines. */
const FINGERPRINT_LENGTH = 10;

/** Values of charts, agents and tools are few, and the same for every call; others are not kept beyond this many. */
const MAX_KNOWN = 4096;
const known = new Map<string, string>();

function fingerprint(value: string): string {
  const before = known.get(value);
  if (before !== undefined) return before;
  const made = createHash('sha256').update(value).digest('hex').slice(0, FINGERPRINT_LENGTH);
  if (known.size < MAX_KNOWN) known.set(value, made);
  return made;
}

/** The marks of a call that has just begun. */
export function firstMarks({ agentId, from, to }: CallRecord): string[] {
  return [markOf.agent(agentId), ...markOf.digits(digitsOf(from)), ...markOf.digits(digitsOf(to))];
}

/** The marks of a call that has ended. */
export function allMarks(record: CallRecord, rows: readonly StoredEntry[]): string[] {
  const marks = new Set([...firstMarks(record), markOf.ended]);
  if (record.endReason !== null) marks.add(markOf.endReason(record.endReason));
  for (const row of rows) {
    for (const path of statesAround(row.state)) marks.add(markOf.visited(path));
    for (const key of row.taken ?? []) marks.add(markOf.transition(key));
    if (row.event === 'tool.settled') marks.add(markOf.tool(row.body.name));
  }
  return [...marks];
}

/** Everything that was said, as the transcript has it. */
export function wordsOf(rows: readonly StoredEntry[]): string {
  return transcriptOf(rows)
    .filter(({ role }) => role !== 'tool')
    .map(({ text }) => text)
    .join('\n');
}

export const digitsOf = (number: string) => number.replaceAll(/\D/g, '');
