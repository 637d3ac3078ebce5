import type { Bodies, FullRow } from '../protocol/console-calls.ts';
import { stateName } from '../protocol/state-path.ts';
import type { StoredEvent } from './storage/journal.port.ts';

const CALL = 'call';
const JOURNAL = 'journal';
/** What a child of the call came to: `crashed.phone`, `done.phone`. */
const ANSWERED = /^(?:crashed|done)\.(.+)$/;
/** Announced to whoever listens. */
const ANNOUNCED: ReadonlySet<string> = new Set([
  'call.accepted',
  'call.began',
  'call.ended',
  'call.failing',
  'agent.reworded',
  'caller.reworded',
  'recording.began',
  'recording.ended',
  'recording.paused',
  'recording.reported',
  'recording.resumed',
  'turn.interrupted',
]);

/** A row as it is shown outside, with who told whom. */
export function fullRowOf({ seq, at, actor, event, state, body }: StoredEvent, bodies: Bodies): FullRow {
  const { taken, untaken, ...rest } = body;
  return {
    seq,
    at: new Date(at).toISOString(),
    actor,
    event,
    state: stateName(state),
    path: state,
    ...endsOf(actor, event),
    taken: Array.isArray(taken) ? (taken as string[]) : untaken === true ? [] : null,
    body: bodies === 'full' ? rest : redactedBody(event, rest),
  };
}

function endsOf(actor: string, event: string): Pick<FullRow, 'from' | 'to'> {
  if (actor === JOURNAL || ANNOUNCED.has(event)) return { from: actor, to: null };
  // A bare verb is an order; its actor is who was told.
  if (!event.includes('.')) return { from: CALL, to: actor };
  // Older rows of these name the call.
  const [, child] = ANSWERED.exec(event) ?? [];
  return { from: child ?? actor, to: CALL };
}

/** Fields that hold names of ours and ids, never what a caller said, keyed or is called from. */
const PLAIN: ReadonlySet<string> = new Set([
  'agentId',
  'bargeIn',
  'bookingId',
  'by',
  'callSid',
  'clip',
  'code',
  'direction',
  'filler',
  'greetingMode',
  'itemId',
  'kind',
  'language',
  'leadId',
  'messageId',
  'newBookingId',
  'next',
  'purpose',
  'reason',
  'recordingSid',
  'responseId',
  'result',
  'role',
  'slot',
  'status',
  'streamSid',
  'then',
  'tool',
  'toolCallId',
  'turns',
]);

function redactedBody(event: string, body: StoredEvent['body']): Record<string, unknown> {
  // The name in these is the tool's.
  const isOfTool = event.startsWith('tool.');
  const redact = (value: unknown, key: string, around: string): unknown => {
    if (typeof value === 'string') {
      const isPlain =
        PLAIN.has(key) || (key === 'name' && isOfTool) || (key === 'message' && around === 'error');
      return isPlain ? value : dotted(value);
    }
    if (Array.isArray(value)) return value.map((item) => redact(item, key, around));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, redact(inner, name, key)]));
  };
  return redact(body, '', '') as Record<string, unknown>;
}

/** The shape of a text: a dot for each letter and digit. */
export const dotted = (text: string) => text.replaceAll(/[\p{L}\p{N}\p{M}]/gu, '•');
