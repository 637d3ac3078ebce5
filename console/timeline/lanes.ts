import type { EventName } from '../../src/protocol/call-feed.ts';
import { kindOf, type Row, type RowKind } from './row.ts';

/** A row of the log as the sequence draws it: an arrow from lane to lane, or a note on one. */
export interface LaneMessage {
  readonly row: Row;
  readonly kind: RowKind;
  readonly from: string;
  /** The same as `from` when nothing passes between lanes. */
  readonly to: string;
  /** True for a fact that no transition took. */
  readonly isUntaken: boolean;
  /** The path of the state that it led to; undefined when the state stayed the same. */
  readonly newState: string | undefined;
}

/** The lane of the chart, through which everything passes. */
export const CHART_LANE = 'call';
/** The lanes that every call has, from left to right. */
const ALWAYS = ['caller', 'phone', CHART_LANE, 'model'];

/** The lanes of a call: those of every call, its tools by slot, then the others in the order in which they appear. */
export function lanesOf(rows: readonly Row[]): string[] {
  const seen = new Set<string>();
  for (const { from, to } of rows) {
    seen.add(from);
    if (to !== null) seen.add(to);
  }
  const others = [...seen].filter((lane) => !ALWAYS.includes(lane));
  const tools = others.filter((lane) => lane.startsWith('tool.'));
  const slotOf = (lane: string) => Number(lane.slice('tool.'.length));
  return [
    ...ALWAYS,
    ...tools.toSorted((one, other) => slotOf(one) - slotOf(other)),
    ...others.filter((lane) => !tools.includes(lane)),
  ];
}

/** Facts that come from the phone leg, but are drawn from the caller. */
const BY_CALLER: ReadonlySet<string> = new Set<EventName>(['digit.pressed']);

export function messagesOf(rows: readonly Row[]): LaneMessage[] {
  let path = '';
  return rows.map((row) => {
    const kind = kindOf(row);
    const newState = row.path === path ? undefined : row.path;
    path = row.path;
    return { row, kind, ...endsOf(row, kind), isUntaken: isUntaken(row, kind), newState };
  });
}

function endsOf(row: Row, kind: RowKind): Pick<LaneMessage, 'from' | 'to'> {
  const from = BY_CALLER.has(row.event) ? 'caller' : row.from;
  return { from, to: kind === 'announcement' ? from : (row.to ?? from) };
}

const isUntaken = ({ taken }: Row, kind: RowKind) => kind === 'fact' && taken?.length === 0;
