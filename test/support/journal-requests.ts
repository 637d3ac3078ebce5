import { eventName } from '../../src/protocol/call-feed.ts';
import type { Journal } from '../../src/services/storage/journal.port.ts';
import { row } from './call-rows.ts';

/** Accepts a call that comes in. */
export const accept = (journal: Journal, callSid = 'CA1') =>
  journal.transact('acceptCall', {
    callSid,
    agentId: 'default',
    direction: 'inbound',
    from: '+1',
    to: '+2',
    at: 0,
  });
/** Appends a row to a call that need not be accepted. */
export const append = (journal: Journal, event: string) =>
  journal.transact('append', { callSid: 'CA1', rows: [row(event)] });
/** A call's log, as `seq event`. */
export const eventsOf = async (journal: Journal, callSid = 'CA1') =>
  (await journal.query('events', { callSid })).map((entry) => `${String(entry.seq)} ${eventName(entry)}`);
