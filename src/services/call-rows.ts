import type { Bodies, FullRow } from '../protocol/console-calls.ts';
import { stateName } from '../protocol/state-path.ts';
import { maskedBody } from '../protocol/word-mask.ts';
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
    body: bodies === 'full' ? rest : maskedBody(event, rest),
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
