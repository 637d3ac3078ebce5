import type { Clock } from '../../../clock.ts';
import type { SocketFact } from '../../../machines/session/session.events.ts';
import type { ClientEvent } from '../../../protocol/realtime-client-events.ts';
import { networkCodeOf } from '../../../network-faults.ts';
import { sendString } from '../../sockets/text-socket.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { isFinalRefusal, type ModelSocket, OPEN } from './model-socket.ts';
import { socketEnd } from './socket-end.ts';

/** A far end that does not answer the close is left: late words included, a call's sockets are closed within a second of its end. */
const CLOSE_WITHIN_MS = 250;

/** How a link ends that was not closed from here. */
export type LinkEnd = Extract<SocketFact, { type: 'socket.refused' | 'socket.closed' }>;

interface LinkListeners {
  readonly onFrame: (data: Buffer, isBinary: boolean) => void;
  /** Told once, and never after the link was closed from here. */
  readonly onEnd: (end: LinkEnd) => void;
}

/**
 * One socket to the model, from the first attempt to the last byte.
 *
 * However it ends (refused, unreachable, closed, broken off from here), the end
 * is told once. Listeners stay to the last: a socket without one
 * for `error` would end the process.
 */
export class ModelLink {
  readonly #socket: ModelSocket;
  readonly #dialect: Dialect;
  readonly #clock: Clock;
  readonly #onEnd: (end: LinkEnd) => void;
  #isOver = false;
  #isClosed = false;
  #closing: unknown;

  constructor(socket: ModelSocket, dialect: Dialect, clock: Clock, { onFrame, onEnd }: LinkListeners) {
    this.#socket = socket;
    this.#dialect = dialect;
    this.#clock = clock;
    this.#onEnd = onEnd;
    socket.on('message', (data, isBinary) => {
      if (!this.#isOver) onFrame(data, isBinary);
    });
    socket.on('unexpected-response', (_, { statusCode, headers }) => {
      const status = String(statusCode);
      const end = socketEnd(`the upgrade was answered with HTTP ${status}`, `http_${status}`);
      const retryAfterMs = retryAfter(headers['retry-after'], clock.now());
      this.#end({
        type: isFinalRefusal(statusCode) ? 'socket.refused' : 'socket.closed',
        ...end,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      });
    });
    socket.on('error', (error) => {
      this.#end({ type: 'socket.closed', ...socketEnd(error.message, socketFault(error)) });
    });
    socket.on('close', (code) => {
      this.#isClosed = true;
      this.#clock.clearTimeout(this.#closing);
      this.#end({ type: 'socket.closed', ...socketEnd(`closed with ${String(code)}`) });
    });
  }

  readonly send = (event: ClientEvent): void => {
    if (this.#isOver || this.#socket.readyState !== OPEN) return;
    const text = this.#dialect.write(event);
    if (text !== undefined) sendString(this.#socket, text);
  };

  /** It is of no use: ends it at once, and tells why. */
  breakOff(detail: string): void {
    this.#end({ type: 'socket.closed', ...socketEnd(detail) });
  }

  /** Ends the session in good order, and tells nobody. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#closing = this.#clock.setTimeout(() => {
      this.#socket.terminate();
    }, CLOSE_WITHIN_MS);
    this.#socket.close(1000);
  }

  #end(end: LinkEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#isClosed) this.#socket.terminate();
    this.#onEnd(end);
  }
}

/** `Retry-After` (RFC 9110, 10.2.3): seconds, or a date. Undefined where it says neither. */
function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** `ws` gives its own time-out no code. */
function socketFault(error: Error): string {
  return error.message.includes('timed out') ? 'TIMEOUT' : networkCodeOf(error);
}
