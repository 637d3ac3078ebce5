import {
  type Envelope,
  FEED_VERSION,
  type FeedEvent,
  type UnreadEvent,
} from '../../src/protocol/call-feed.ts';
import type { FullRow } from '../../src/protocol/console-calls.ts';
import { readFeedEvent } from '../../src/protocol/feed-rows.ts';

/** One row of a call's log, as the page works with it. */
export type Row = Omit<Envelope, 'state'> & {
  /** The number of the row in the call: 1, 2, 3, without gaps. */
  readonly seq: number;
  /** The full path of the chart's state after the row. */
  readonly path: string;
} & (FeedEvent | UnreadEvent);

/** Makes a row from a row of the engine or of a file, which have been brought to today's version. */
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
