import type { StoredEntry } from '../../../protocol/call-feed.ts';

/** Where a call's streams stand. Tokens are checked against it, and the carrier's question after a stream is answered from it. */
export interface StreamStanding {
  /** How many streams the call has had: each token is for the next one. */
  readonly epoch: number;
  /** What was decided to come after the present stream. */
  readonly next: 'hangup' | 'dial' | undefined;
}

export const NO_STREAM: StreamStanding = { epoch: 0, next: undefined };

/** Rows whose bodies it reads. */
export const STANDING_EVENTS: readonly string[] = ['stream.accepted', 'next.decided'];

/** One step of the standing. A new stream forgets what was decided to come after the one before. */
export function foldStreamStanding(standing: StreamStanding, { event, body }: StoredEntry): StreamStanding {
  if (event === 'stream.accepted') return { epoch: body.epoch, next: undefined };
  if (event === 'next.decided') return { ...standing, next: body.next };
  return standing;
}
