import type { EndReason } from '../../machines/call/call.events.ts';
import { failureAfter } from './call-failure.fold.ts';
import { isoOf } from './instant.ts';
import type { CallFailure, CallRecord } from './calls.port.ts';
import type { StoredEvent } from './journal.port.ts';

/** Who called, in calls from a softphone before logs told tests. */
const SOFTPHONE = 'client:softphone';

/** Spelled out by name, so that a new reason is a compile error here. */
const END_REASONS: Readonly<Record<EndReason, true>> = {
  completed: true,
  caller_hung_up: true,
  agent_ended: true,
  transferred: true,
  idle: true,
  max_duration: true,
  operator: true,
  busy: true,
  no_answer: true,
  failed: true,
  lost: true,
};

/**
 * One step of a call's record: what the call is after one more row of its log.
 *
 * Rows that come after `call.ended` are late facts and change nothing. Never
 * throws: a body that is not as expected reads as empty, so that old logs fold for ever.
 */
export function foldCallRecord(record: CallRecord | undefined, row: StoredEvent): CallRecord | undefined {
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
export function callRecordOf(rows: readonly StoredEvent[]): CallRecord | undefined {
  return rows.reduce<CallRecord | undefined>(foldCallRecord, undefined);
}

function acceptedRecord({ at, state, body }: StoredEvent): CallRecord {
  return {
    callSid: text(body['callSid']),
    agentId: text(body['agentId']),
    direction: body['direction'] === 'outbound' ? 'outbound' : 'inbound',
    from: text(body['from']),
    to: text(body['to']),
    isTest: body['isTest'] === true || body['from'] === SOFTPHONE,
    state: state === '' ? 'connecting' : state,
    startedAt: isoOf(at),
    endedAt: null,
    endReason: null,
    durationMs: null,
  };
}

function endedRecord({ failure, ...record }: CallRecord, { at, body }: StoredEvent): CallRecord {
  const reason = text(body['reason']);
  const endReason = isEndReason(reason) ? reason : 'failed';
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

const isEndReason = (word: string): word is EndReason => Object.hasOwn(END_REASONS, word);
const text = (value: unknown) => (typeof value === 'string' ? value : '');
