import fc from 'fast-check';
import {
  ANNOUNCEMENTS,
  type BodyOf,
  type Envelope,
  type EventName,
  FEED_VERSION,
  type FeedEntry,
  ORDERS,
  type StoredEntry,
} from '../../src/protocol/call-feed.ts';
import { readFeedEvent } from '../../src/protocol/feed-rows.ts';
import { wholeBody } from './feed-bodies.ts';

/** An entry as a recorder tells it. Who tells whom follows from its event, and its body is made whole, where they are not given. */
export function row(event: string, body: object = {}, rest: Partial<Envelope> = {}): FeedEntry {
  const envelope = {
    at: 0,
    ...endsOf(event),
    state: 'conversing.listening',
    taken: null,
    regions: {},
    ...rest,
  };
  return { ...envelope, event, body: wholeBody(event, body) } as FeedEntry;
}

function endsOf(event: string): Pick<Envelope, 'from' | 'to'> {
  if (Object.hasOwn(ORDERS, event)) return { from: 'call', to: 'model' };
  return Object.hasOwn(ANNOUNCEMENTS, event) ? { from: 'call', to: null } : { from: 'model', to: 'call' };
}

/** The bodies of all entries of one event. */
export const bodiesOf = <Event extends EventName>(
  rows: readonly StoredEntry[] | readonly FeedEntry[],
  event: Event,
) => rows.filter((each) => each.event === event).map(({ body }) => body as BodyOf<Event>);

/** Entries as they are read from a journal, a second apart: one that lacks what its name promises is unread. */
export function stored(...rows: FeedEntry[]): StoredEntry[] {
  return rows.map(({ event, body, ...envelope }, index) => ({
    ...envelope,
    seq: index + 1,
    at: envelope.at === 0 ? index * 1000 : envelope.at,
    ...readFeedEvent(FEED_VERSION, event, body),
  }));
}

const EVENTS = [
  'call.accepted',
  'call.ended',
  'stream.accepted',
  'next.decided',
  'caller.startedSpeaking',
  'caller.committed',
  'caller.said',
  'caller.unclear',
  'agent.startedItem',
  'agent.said',
  'tool.settled',
  'clearPlayback',
];

/** Any row at all: known names with fields of the right kind, of a wrong kind, or none. */
export const anyRow = fc.record({
  at: fc.oneof(fc.integer(), fc.double()),
  from: fc.constantFrom('call', 'phone', 'model', 'tool.0', 'desk', 'journal'),
  to: fc.constantFrom('call', 'phone', null),
  taken: fc.constantFrom(null, [], ['call:a|b|0']),
  regions: fc.constantFrom({}, { turn: 'owed' }),
  event: fc.oneof(fc.constantFrom(...EVENTS), fc.string()),
  state: fc.constantFrom('', 'connecting', 'conversing.listening.quiet', 'ended'),
  body: fc.dictionary(
    fc.constantFrom(
      'itemId',
      'toolCallId',
      'text',
      'interrupted',
      'name',
      'outcome',
      'reason',
      'from',
      'epoch',
      'next',
    ),
    fc.oneof(fc.constantFrom('item_1', 'item_2', 'hangup', 'completed'), fc.jsonValue()),
  ),
}) as unknown as fc.Arbitrary<FeedEntry>;
