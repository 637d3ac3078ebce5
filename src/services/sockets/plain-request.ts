import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** What belongs to an offer that is not taken, or to the connection that carried it. */
const NOT_PASSED_ON = new Set(['connection', 'upgrade', 'http2-settings', 'keep-alive']);

/** A server may ignore an `Upgrade` (RFC 9110, 7.8); only this one is taken anywhere here. */
export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return (headers.upgrade ?? '').split(',').some((offer) => offer.trim().toLowerCase() === 'websocket');
}

/**
 * Answers a request as if it had not offered to switch protocols: `curl --http2` and many
 * clients of Java offer HTTP/2 with their first request.
 *
 * Node has taken the connection from its parser by now, so the request is written anew, without
 * the offer, before what the client sent after it, and the connection comes in once more. It is
 * closed with the answer: each round would leave something of the parser on the connection.
 */
export function serveWithoutUpgrade(server: Server, request: IncomingMessage, head: Buffer): void {
  const connection: Duplex = request.socket;
  const lines = [`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/${request.httpVersion}`];
  const { rawHeaders } = request;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (!NOT_PASSED_ON.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  lines.push('Connection: close', '', '');
  // Node reads header values as latin1.
  connection.unshift(Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), head]));
  server.emit('connection', connection);
}
