import { createHmac, timingSafeEqual } from 'node:crypto';

/** In seconds. What is older, or from the future, was not sent just now. */
const AT_MOST_OLD_S = 300;

/**
 * Whether a request was signed with the secret, and just now: Standard Webhooks, HMAC-SHA256 over the id, the
 * time and the body.
 *
 * @param headers - of the request, as Node has them.
 * @param body - as it came, before it is parsed.
 * @param nowS - the time, in seconds.
 */
export function isSigned(headers, body, secret, nowS = Date.now() / 1000) {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': given = '' } = headers;
  if (!(Math.abs(nowS - Number(at)) <= AT_MOST_OLD_S)) return false;
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret;
  const digest = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
  const expected = Buffer.from(`v1,${digest}`);
  // One for each secret in use, while secrets are changed.
  return given.split(' ').some((one) => {
    const found = Buffer.from(one);
    return found.length === expected.length && timingSafeEqual(found, expected);
  });
}
