import type { EventName } from '../../../protocol/call-feed.ts';
import { kindOf, type Row, type RowKind } from './row.ts';

/** A row of the log as the sequence draws it: an arrow from lane to lane, or a note on one. */
export interface Message {
  readonly row: Row;
  readonly kind: RowKind;
  readonly from: string;
  /** As `from` where nothing passes between lanes. */
  readonly to: string;
  /** Nobody took it: the state has no use for that fact. */
  readonly isUntaken: boolean;
  /** The state that it led to, where that is another. */
  readonly newState: string | undefined;
}

/** The chart's own lane; everything passes through it. */
export const CHART_LANE = 'call';
/** Lanes that every call has, in the order in which they stand. */
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

/** What the caller does, as the phone leg tells it. */
const BY_CALLER: ReadonlySet<string> = new Set<EventName>(['digit.pressed']);

export function messagesOf(rows: readonly Row[]): Message[] {
  let path = '';
  return rows.map((row) => {
    const kind = kindOf(row);
    const newState = row.path === path ? undefined : row.path;
    path = row.path;
    return { row, kind, ...endsOf(row, kind), isUntaken: isUntaken(row, kind), newState };
  });
}

function endsOf(row: Row, kind: RowKind): Pick<Message, 'from' | 'to'> {
  const from = BY_CALLER.has(row.event) ? 'caller' : row.from;
  return { from, to: kind === 'announcement' ? from : (row.to ?? from) };
}

const isUntaken = ({ taken }: Row, kind: RowKind) => kind === 'fact' && taken?.length === 0;
