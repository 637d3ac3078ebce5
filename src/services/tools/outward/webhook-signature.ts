import { createHmac } from 'node:crypto';

const BASE64_SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

/**
 * The headers by which a far end knows that a request is ours and not an old
 * one: those of Standard Webhooks 1.0 (https://www.standardwebhooks.com), for
 * which there are libraries in every language. What is signed is
 * `id.timestamp.content`; the content is the body, or the path with its query
 * where there is no body. A secret that begins with `whsec_` is base64, as the
 * standard has it; any other is taken as it is.
 *
 * @param nowMs - milliseconds since the Unix epoch; the header has seconds.
 */
export function signatureHeaders(
  { id, content, secret }: { id: string; content: string; secret: string },
  nowMs: number,
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const [, base64] = BASE64_SECRET.exec(secret) ?? [];
  const key = base64 === undefined ? Buffer.from(secret) : Buffer.from(base64, 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${content}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
