import { type ErrorNote, ERRORS } from '../../../errors.ts';
import type { StoredEntry } from '../../../protocol/call-feed.ts';
import type { CallFailure } from '../calls.port.ts';

/** Outcomes of a response after which the model is at work again. */
const GOOD: ReadonlySet<string> = new Set(['completed', 'cancelled']);

/**
 * What has gone wrong with a call, after one more row of its log: what it would fail of, were it to fail now. Null
 * once the model is at work again; undefined for a row that says nothing of it.
 */
export function failureAfter({ event, body }: StoredEntry): CallFailure | null | undefined {
  switch (event) {
    case 'call.failing':
    case 'phone.lost':
      return failureOf(body.error);
    case 'crashed.phone':
    case 'crashed.model':
      return { code: 'CALL_FAILED', cause: null };
    case 'response.finished': {
      const { status, reason } = body.outcome;
      if (GOOD.has(status)) return null;
      return { code: 'RESPONSE_FAILED', cause: wordOf(reason) };
    }
    default:
      return undefined;
  }
}

/** A code that an older or a newer engine had says nothing to this one. */
function failureOf({ code, cause }: ErrorNote): CallFailure | undefined {
  return Object.hasOwn(ERRORS, code) ? { code, cause: wordOf(cause) } : undefined;
}

/** A code of the far end's; whatever else it sent is not for a list of calls. */
const wordOf = (cause: string | undefined) =>
  cause !== undefined && /^[\w.-]{1,64}$/.test(cause) ? cause : null;
