import type { NextFact } from '../../../machines/session/session.events.ts';
import type { LegFact } from './leg-rooms.ts';

/** What a socket tells, as one tells it that is to follow. Of a conversation it knows nothing yet. */
export function asNext(fact: LegFact): NextFact | undefined {
  if (fact.type === 'socket.opened') return { type: 'next.opened' };
  if (fact.type === 'socket.updated') return { ...fact, type: 'next.updated' };
  if (!('detail' in fact)) return undefined;
  const { retryAfterMs } = fact;
  return { type: 'next.ended', ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
