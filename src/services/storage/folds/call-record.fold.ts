import type { EntryOf, StoredEntry } from '../../../protocol/call-feed.ts';
import { FAILURE_EVENTS, failureAfter } from './call-failure.fold.ts';
import { isoOf } from './instant.ts';
import type { CallFailure, CallRecord } from '../calls.port.ts';

/** Rows whose bodies it reads. Of every other one it takes the state. */
export const RECORD_EVENTS: readonly string[] = ['call.accepted', 'call.ended', ...FAILURE_EVENTS];

/**
 * One step of a call's record: what the call is after one more row of its log.
 *
 * Rows that come after `call.ended` are late facts and change nothing. A record that nothing changes stays the same object.
 */
export function foldCallRecord(record: CallRecord | undefined, row: StoredEntry): CallRecord | undefined {
  if (row.event === 'call.accepted') return record ?? acceptedRecord(row);
  if (record?.endedAt !== null) return record;
  if (row.event === 'call.ended') return endedRecord(record, row);
  const next = withFailure(record, failureAfter(row));
  return row.state === '' || row.state === next.state ? next : { ...next, state: row.state };
}

function withFailure(record: CallRecord, failure: CallFailure | null | undefined): CallRecord {
  if (failure === undefined) return record;
  if (failure !== null) return { ...record, failure };
  const { failure: over, ...rest } = record;
  return over === undefined ? record : rest;
}

/** The record of a call by its whole log; undefined while nobody has accepted it. */
export function callRecordOf(rows: readonly StoredEntry[]): CallRecord | undefined {
  return rows.reduce<CallRecord | undefined>(foldCallRecord, undefined);
}

function acceptedRecord({ at, state, body }: EntryOf<'call.accepted'>): CallRecord {
  const { callSid, agentId, direction, from, to, isTest = false } = body;
  return {
    ...{ callSid, agentId, direction, from, to, isTest },
    state: state === '' ? 'connecting' : state,
    startedAt: isoOf(at),
    endedAt: null,
    endReason: null,
    durationMs: null,
  };
}

function endedRecord({ failure, ...record }: CallRecord, { at, body }: EntryOf<'call.ended'>): CallRecord {
  const { reason: endReason } = body;
  const isFailure = endReason === 'failed' || endReason === 'lost';
  const endedAt = isoOf(at);
  return {
    ...record,
    state: 'ended',
    endedAt,
    endReason,
    ...(isFailure && failure !== undefined && { failure }),
    durationMs: Date.parse(endedAt) - Date.parse(record.startedAt),
  };
}
