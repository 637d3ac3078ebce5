import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/errors.ts';
import { remedyOf } from '../../src/remedies.ts';

describe('the remedy of a failure', () => {
  test.each<[ErrorCode, string | undefined, RegExp]>([
    ['MODEL_REFUSED', 'http_401', /^check OPENAI_API_KEY/],
    ['MODEL_REFUSED', 'invalid_api_key', /^check OPENAI_API_KEY/],
    ['MODEL_REFUSED', 'http_404', /^check OPENAI_REALTIME_MODEL/],
    ['MODEL_REFUSED', 'model_not_found', /^check OPENAI_REALTIME_MODEL/],
    ['RESPONSE_FAILED', 'insufficient_quota', /^add credit/],
    ['MODEL_REFUSED', 'beta_api_shape_disabled', /OPENAI_REALTIME_DIALECT=ga/],
    ['MODEL_UNREACHABLE', 'ENOTFOUND', /^check the name/],
    ['MODEL_UNREACHABLE', 'CERT_HAS_EXPIRED', /^renew/],
    ['MODEL_UNREACHABLE', 'TIMEOUT', /^check the address/],
    ['MODEL_NOT_READY', undefined, /^check that OPENAI_REALTIME_URL/],
    ['STREAM_NOT_STARTED', undefined, /^check PUBLIC_URL/],
    // What is not known by its name has the remedy of its code.
    ['MODEL_REFUSED', 'invalid_value', /voice, model or tools/],
    ['STREAM_LOST', undefined, /^check the connection from the carrier/],
  ])('the remedy of a failure is told: %s with %s', (code, cause, remedy) => {
    expect(remedyOf({ code, ...(cause !== undefined && { cause }) })).toMatch(remedy);
  });

  test('the remedy of a failure is not made up where there is none', () => {
    expect(remedyOf({ code: 'TOOL_UNKNOWN' })).toBeUndefined();
  });
});
