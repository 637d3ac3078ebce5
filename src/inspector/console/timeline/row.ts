import {
  type Envelope,
  FEED_VERSION,
  type FeedEvent,
  type UnreadEvent,
} from '../../../protocol/call-feed.ts';
import type { FullRow } from '../../../protocol/console-calls.ts';
import { readFeedEvent } from '../../../protocol/feed-rows.ts';

/** One row of a call's log, as the page works with it. */
export type Row = Omit<Envelope, 'state'> & {
  /** Dense per call, from 1. */
  readonly seq: number;
  /** The chart's full state path after it. */
  readonly path: string;
} & (FeedEvent | UnreadEvent);

/** A row as the engine tells it, or as a file has it: both are of today's version by then. */
export function rowOf({ seq, at, from, to, event, path, taken, regions, body }: FullRow): Row {
  return {
    seq,
    at: Date.parse(at),
    from,
    to,
    path,
    taken,
    regions,
    ...readFeedEvent(FEED_VERSION, event, body),
  };
}

/** What a row is to the chart: told to it, ordered by it, or announced to whoever listens. */
export type RowKind = 'fact' | 'order' | 'announcement';

export function kindOf({ to }: Pick<Row, 'to'>): RowKind {
  if (to === null) return 'announcement';
  return to === 'call' ? 'fact' : 'order';
}
