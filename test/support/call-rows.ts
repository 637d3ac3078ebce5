import fc from 'fast-check';
import type { EventRow, StoredEvent } from '../../src/services/storage/journal.port.ts';

/** A row as a recorder writes it. */
export function row(event: string, body: EventRow['body'] = {}, rest: Partial<EventRow> = {}): EventRow {
  return { at: 0, actor: 'model', state: 'conversing.listening', ...rest, event, body };
}

/** Rows as the journal stores them, a second apart. */
export function stored(...rows: EventRow[]): StoredEvent[] {
  return rows.map((each, index) => ({ ...each, seq: index + 1, at: each.at === 0 ? index * 1000 : each.at }));
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
export const anyRow: fc.Arbitrary<EventRow> = fc.record({
  at: fc.oneof(fc.integer(), fc.double()),
  actor: fc.constantFrom('call', 'phone', 'model', 'tool.0', 'desk', 'journal'),
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
});
