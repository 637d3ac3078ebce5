/**
 * How a page says who it is when it opens a socket. A browser puts no header on an
 * upgrade, and an address ends up in logs, so the token travels as one of the
 * subprotocols on offer: base64url, because only the characters of a token of HTTP
 * may stand there (RFC 6455, 4.1). It is never the one that is answered.
 */

/** The subprotocol that the engine answers. */
export const PAGE_PROTOCOL = 'callchart.page.v1';

const TOKEN_PREFIX = 'callchart.token.';
/** Characters. The longest token of ours has some 400. */
const MAX_HEADER = 4096;

/** What a page offers when it opens a socket. */
export function protocolsWith(token: string | undefined): string[] {
  if (token === undefined) return [PAGE_PROTOCOL];
  const url = btoa(token).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return [PAGE_PROTOCOL, TOKEN_PREFIX + url];
}

/** The token in a `Sec-WebSocket-Protocol` header; undefined when there is none that can be read. */
export function tokenIn(header: string | undefined): string | undefined {
  if (header === undefined || header.length > MAX_HEADER) return undefined;
  const offers = header.split(',').map((offer) => offer.trim());
  const token = offers.find((offer) => offer.startsWith(TOKEN_PREFIX))?.slice(TOKEN_PREFIX.length);
  if (token === undefined || !/^[\w-]+$/.test(token)) return undefined;
  try {
    return atob(token.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return undefined;
  }
}
