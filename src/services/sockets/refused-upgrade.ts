import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../clock.ts';

/** How long a peer may take to read the answer. It is one packet; whoever needs longer does not read. */
const GONE_WITHIN_MS = 2000;

/**
 * Answers an upgrade that is refused, and lets go of the connection.
 *
 * What the peer still sends is read and thrown away: unread bytes would turn the end of the
 * connection into a reset, which takes the answer with it, and would keep the descriptor of a
 * peer that is gone.
 *
 * @param connection - with an `error` listener on it already.
 * @returns Drops the connection at once.
 */
export function refuseUpgrade(connection: Duplex, status: number, clock: Clock): () => void {
  const drop = () => {
    connection.destroy();
  };
  const late = clock.setTimeout(drop, GONE_WITHIN_MS);
  connection.once('close', () => {
    clock.clearTimeout(late);
  });
  connection.once('finish', drop);
  connection.resume();
  const reason = STATUS_CODES[status] ?? '';
  connection.end(`HTTP/1.1 ${String(status)} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  return drop;
}
