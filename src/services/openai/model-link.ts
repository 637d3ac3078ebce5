import type { ErrorCode, ErrorNote } from '../../errors.ts';
import { ERRORS } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import type { ClientEvent } from '../../protocol/realtime-client-events.ts';
import { networkCodeOf } from '../../network-faults.ts';
import { sendString } from '../text-socket.ts';
import type { Dialect } from './dialect.ts';
import { codeOfUpgrade, type ModelSocket, OPEN } from './model-socket.ts';

/** A far end that does not answer the close is left: late words included, a call's sockets are closed within a second of its end. */
const CLOSE_WITHIN_MS = 250;

interface LinkListeners {
  readonly onFrame: (data: Buffer, isBinary: boolean) => void;
  /** Told once, and never after the link was closed from here. */
  readonly onEnd: (error: ErrorNote) => void;
}

/**
 * One socket to the model, from the first attempt to the last byte.
 *
 * However it ends (refused, unreachable, closed, broken off from here), the end
 * is told once, as a note. Listeners stay to the last: a socket without one
 * for `error` would end the process.
 */
export class ModelLink {
  readonly #socket: ModelSocket;
  readonly #dialect: Dialect;
  readonly #clock: Clock;
  readonly #onEnd: (error: ErrorNote) => void;
  #isReady = false;
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
    socket.on('unexpected-response', (_, { statusCode }) => {
      const status = String(statusCode);
      this.breakOff(
        codeOfUpgrade(statusCode),
        `the upgrade was answered with HTTP ${status}`,
        `http_${status}`,
      );
    });
    socket.on('error', (error) => {
      const code = this.#isReady ? 'MODEL_LOST' : 'MODEL_UNREACHABLE';
      this.breakOff(code, error.message, socketFault(error));
    });
    socket.on('close', (code) => {
      this.#isClosed = true;
      this.#clock.clearTimeout(this.#closing);
      this.breakOff(this.#isReady ? 'MODEL_LOST' : 'MODEL_UNREACHABLE', `closed with ${String(code)}`);
    });
  }

  /** The session exists: what ends from now on was lost, not unreachable. */
  ready(): void {
    this.#isReady = true;
  }

  readonly send = (event: ClientEvent): void => {
    if (this.#isOver || this.#socket.readyState !== OPEN) return;
    const text = this.#dialect.write(event);
    if (text !== undefined) sendString(this.#socket, text);
  };

  /** Ends the link at once, and tells why. `cause` is what the far end or the network called it. */
  breakOff(code: ErrorCode, detail: string, cause?: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#isClosed) this.#socket.terminate();
    const message = `${ERRORS[code].text}: ${detail}`;
    this.#onEnd(isWord(cause) ? { code, message, cause } : { code, message });
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
}

/** A code, and no sentence: whatever else a far end sends stays out of records and logs. */
const isWord = (cause: string | undefined): cause is string =>
  cause !== undefined && /^[\w.-]{1,64}$/.test(cause);

/** `ws` gives its own time-out no code. */
function socketFault(error: Error): string {
  return error.message.includes('timed out') ? 'TIMEOUT' : networkCodeOf(error);
}
