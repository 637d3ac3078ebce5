import type { StoredEvent } from './journal.port.ts';

/** Where a call's streams stand. Tokens are checked against it, and the carrier's question after a stream is answered from it. */
export interface StreamStanding {
  /** How many streams the call has had: each token is for the next one. */
  readonly epoch: number;
  /** What was decided to come after the present stream. */
  readonly next: 'hangup' | 'dial' | undefined;
}

export const NO_STREAM: StreamStanding = { epoch: 0, next: undefined };

/** One step of the standing. A new stream forgets what was decided to come after the one before. Never throws. */
export function foldStreamStanding(standing: StreamStanding, { event, body }: StoredEvent): StreamStanding {
  const { epoch, next } = body;
  if (event === 'stream.accepted' && isCount(epoch)) return { epoch, next: undefined };
  if (event === 'next.decided' && (next === 'hangup' || next === 'dial')) return { ...standing, next };
  return standing;
}

/** A row that a later version wrote, or a bug, may hold anything: what is no count changes nothing. */
const isCount = (value: unknown): value is number => Number.isSafeInteger(value);
