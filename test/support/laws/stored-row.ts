import { FEED_VERSION, type StoredEntry } from '../../../src/protocol/call-feed.ts';
import type { FullRow } from '../../../src/protocol/console-calls.ts';
import { readFeedEvent } from '../../../src/protocol/feed-rows.ts';

/** A row as it was read: what its name promises, or unread. */
export const storedOf = ({ seq, at, from, to, path, taken, regions, event, body }: FullRow): StoredEntry => ({
  ...{ seq, at: Date.parse(at), from, to, state: path, taken, regions },
  ...readFeedEvent(FEED_VERSION, event, body),
});
