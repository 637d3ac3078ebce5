import { type ErrorCode, ERRORS } from '../../errors.ts';
import type { CallFailure } from './calls.port.ts';
import type { StoredEvent } from './journal.port.ts';

/** Outcomes of a response after which the model is at work again. */
const GOOD = new Set(['completed', 'cancelled']);

/**
 * What has gone wrong with a call, after one more row of its log: what it would fail of, were it to fail now. Null
 * once the model is at work again; undefined for a row that says nothing of it.
 */
export function failureAfter({ event, body }: StoredEvent): CallFailure | null | undefined {
  switch (event) {
    case 'call.failing':
    case 'phone.lost':
      return failureOf(body['error']);
    case 'crashed.phone':
    case 'crashed.model':
      return { code: 'CALL_FAILED', cause: null };
    case 'response.finished': {
      const { status, reason } = fieldsOf(body['outcome']);
      if (typeof status !== 'string' || GOOD.has(status)) return null;
      return { code: 'RESPONSE_FAILED', cause: wordOf(reason) };
    }
    default:
      return undefined;
  }
}

function failureOf(error: unknown): CallFailure | undefined {
  const { code, cause } = fieldsOf(error);
  return isCode(code) ? { code, cause: wordOf(cause) } : undefined;
}

const fieldsOf = (value: unknown) =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
const isCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERRORS, code);
/** A code of the far end's; whatever else it sent is not for a list of calls. */
const wordOf = (cause: unknown) => (typeof cause === 'string' && /^[\w.-]{1,64}$/.test(cause) ? cause : null);
