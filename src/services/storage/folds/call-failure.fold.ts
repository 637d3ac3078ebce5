import { type ErrorNote, ERRORS } from '../../../errors.ts';
import type { BodyOf, EventName, StoredEntry } from '../../../protocol/call-feed.ts';
import type { CallFailure } from '../calls.port.ts';

/** Outcomes of a response after which the model is at work again. */
const GOOD: ReadonlySet<string> = new Set(['completed', 'cancelled']);

type After = CallFailure | null | undefined;

const CRASHED: CallFailure = { code: 'CALL_FAILED', cause: null };

/** The rows that say something of it, and what. */
const FAILURES: { readonly [Event in EventName]?: (body: BodyOf<Event>) => After } = {
  'call.failing': ({ error }) => failureOf(error),
  'phone.lost': ({ error }) => failureOf(error),
  'crashed.phone': () => CRASHED,
  'crashed.model': () => CRASHED,
  'response.finished': ({ outcome: { status, reason } }) =>
    GOOD.has(status) ? null : { code: 'RESPONSE_FAILED', cause: wordOf(reason) },
};

export const FAILURE_EVENTS: readonly string[] = Object.keys(FAILURES);

/**
 * What has gone wrong with a call, after one more row of its log: what it would fail of, were it to fail now. Null
 * once the model is at work again; undefined for a row that says nothing of it.
 */
export function failureAfter({ event, body }: StoredEntry): After {
  // One name belongs to one body; the compiler loses that at the union.
  return (FAILURES as Readonly<Record<string, ((body: unknown) => After) | undefined>>)[event]?.(body);
}

/** A code that an older or a newer engine had says nothing to this one. */
function failureOf({ code, cause }: ErrorNote): CallFailure | undefined {
  return Object.hasOwn(ERRORS, code) ? { code, cause: wordOf(cause) } : undefined;
}

/** A code of the far end's; whatever else it sent is not for a list of calls. */
const wordOf = (cause: string | undefined) =>
  cause !== undefined && /^[\w.-]{1,64}$/.test(cause) ? cause : null;
