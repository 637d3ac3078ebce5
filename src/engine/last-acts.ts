import { ERRORS } from '../errors.ts';
import { stackPlacesOf } from '../stack-places.ts';

/** How long what was recorded may take to reach the disk, in ms. Callers hear nothing meanwhile. */
const FLUSH_WITHIN_MS = 200;

export interface LastActsParts {
  readonly journal: { endWithin(ms: number): Promise<boolean> };
  readonly streams: { giveUp(code: number, reason: string): void };
  /** Takes no connection any more: the carrier asks its fallback rather than one who is ending. */
  readonly stopListening: () => void;
  readonly log: { fatal(fields: object, sentence: string): void; fallSilent(): void };
}

/**
 * What the engine does when something was thrown that nobody catches, so that
 * nothing of it can be trusted: what was recorded goes to the database, or into a file beside it, the streams
 * are closed, one line says why. No call is ended in the journal: that its legs
 * are gone is for the next process to find.
 *
 * @returns whether every thread has let go of what it holds, so that the process can end in good order.
 */
export function lastActs(
  { journal, streams, stopListening, log }: LastActsParts,
  thrown: unknown,
): Promise<boolean> {
  // Begun first, and without a wait: what follows from the sockets' end is not written down any more.
  const ended = journal.endWithin(FLUSH_WITHIN_MS);
  const { close } = ERRORS.LAST_EXCEPTION;
  streams.giveUp(close, 'LAST_EXCEPTION');
  stopListening();
  log.fatal(
    { code: 'LAST_EXCEPTION', ...nameOf(thrown), at: stackPlacesOf(thrown) },
    'uncaught exception, the engine ends',
  );
  log.fallSilent();
  return ended;
}

/** What kind of error it is, in words of the program: a message can quote a caller. */
function nameOf(thrown: unknown): { readonly kind: string; readonly cause?: string } {
  if (!(thrown instanceof Error)) return { kind: typeof thrown };
  const kind = wordOf(thrown.constructor.name) ?? 'Error';
  const cause = 'code' in thrown ? wordOf(thrown.code) : undefined;
  return cause === undefined ? { kind } : { kind, cause };
}

const wordOf = (value: unknown) =>
  typeof value === 'string' && /^[A-Za-z][A-Za-z_]{1,50}$/.test(value) ? value : undefined;
