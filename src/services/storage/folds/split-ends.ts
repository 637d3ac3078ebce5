import type { Envelope } from '../../../protocol/call-feed.ts';

type Body = Readonly<Record<string, unknown>>;

/** What a child of the call came to: `crashed.phone`, `done.phone`. */
const ANSWERED = /^(?:crashed|done)\.(.+)$/;
/** What was announced to whoever listens, in rows of version 1. */
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

/**
 * Who told whom, in a row of version 1: it named one actor, who had told a fact or was told an order, and kept what the
 * chart made of a fact in its body. Regions were not told.
 */
export function splitEnds(
  actor: string,
  event: string,
  { taken, untaken, ...rest }: Body,
): { ends: Pick<Envelope, 'from' | 'to' | 'taken' | 'regions'>; rest: Body } {
  const keys = Array.isArray(taken)
    ? taken.filter((key) => typeof key === 'string')
    : untaken === true
      ? []
      : null;
  return { ends: { ...endsOf(actor, event), taken: keys, regions: null }, rest };
}

function endsOf(actor: string, event: string): Pick<Envelope, 'from' | 'to'> {
  if (actor === 'journal' || ANNOUNCED.has(event)) return { from: actor, to: null };
  // A bare verb is an order; its actor is who was told.
  if (!event.includes('.')) return { from: 'call', to: actor };
  // The oldest rows of these name the call.
  const [, child] = ANSWERED.exec(event) ?? [];
  return { from: child ?? actor, to: 'call' };
}
