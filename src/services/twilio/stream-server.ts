import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, WebSocketServer } from 'ws';
import type { Clock } from '../../clock.ts';
import { isForwarded, isLoopbackAddress, isLoopbackUrl } from '../../loopback.ts';
import type { Log } from '../log.ts';
import { TextSocket } from '../text-socket.ts';
import type { Journal } from '../storage/journal.port.ts';
import type { CarrierStream } from './carrier-stream.ts';
import { isSignedUpgrade } from './signature.ts';
import { admitStream } from './stream-admission.ts';
import type { StreamTokens } from './stream-token.ts';

/** Where Media Streams are served. */
export const STREAM_PATH = '/twilio/media';

export interface StreamServerOptions {
  /** `PUBLIC_URL`; looked at with every upgrade, because its port may be known only after listening. */
  readonly publicUrl: string;
  /** Where browsers open theirs. They sign nothing: `guardPage` and the token of their stream let them in. */
  readonly pagePath?: string;
  /** Throws for a browser that may not. */
  readonly guardPage?: (request: IncomingMessage) => void;
  /** Absent: only direct clients on this machine are let in. */
  readonly authToken?: string | undefined;
  readonly tokens: StreamTokens;
  readonly journal: Pick<Journal, 'transact'>;
  /** Gives the stream to its call. False: no such call is here. */
  attach(callSid: string, stream: CarrierStream): boolean;
  readonly log: Log;
  readonly clock: Clock;
}

/** Sockets that have not said `start`. It takes a network round trip; more of them than this is not Twilio. */
const MAX_WAITING = 64;
const MAX_WAITING_PER_ADDRESS = 8;

const SOCKET_OPTIONS: ServerOptions<typeof TextSocket> & { closeTimeout: number; maxFragments: number } = {
  noServer: true,
  WebSocket: TextSocket,
  // Deflating costs five times the relay's whole work for a message, and audio does not shrink.
  perMessageDeflate: false,
  // Frames are compared byte by byte or parsed as JSON; a check of UTF-8 before that finds nothing more.
  skipUTF8Validation: true,
  /** Bytes. A frame of 20 ms has some 400. */
  maxPayload: 1 << 16,
  maxFragments: 16,
  /** Milliseconds for the peer to answer a close. */
  closeTimeout: 2000,
};

/**
 * The door for Media Streams: checks who knocks before the socket is upgraded,
 * and what the stream says of itself before it meets its call.
 */
export class StreamServer {
  readonly #options: StreamServerOptions;
  readonly #sockets = new WebSocketServer<typeof TextSocket>(SOCKET_OPTIONS);
  /** How many sockets of each address have not started. */
  readonly #waiting = new Map<string, number>();
  #waitingTotal = 0;

  constructor(options: StreamServerOptions) {
    this.#options = options;
    // A handshake that ws refuses is answered and closed by ws.
    this.#sockets.on('wsClientError', (error, socket) => {
      socket.on('error', () => undefined);
      refuse(socket, 400, 'Bad Request');
      options.log.warn({ reason: error.message }, 'an upgrade was not a WebSocket handshake');
    });
  }

  /** Takes an upgrade to `/twilio/media`. False: the path is somebody else's, and nothing was done. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const [path = ''] = (request.url ?? '').split('?');
    const isPage = path === this.#options.pagePath;
    if (!isPage && path.replace(/\/$/, '') !== STREAM_PATH) return false;
    socket.on('error', () => undefined); // An error without a listener would end the process; a close follows.

    const { log } = this.#options;
    if (!(isPage ? this.#isOurPage(request) : this.#isAllowed(request))) {
      log.warn({ route: path }, 'an upgrade was refused: not from Twilio, and not from our page');
      refuse(socket, 403, 'Forbidden');
      return true;
    }
    const address = request.socket.remoteAddress ?? '';
    const ofAddress = this.#waiting.get(address) ?? 0;
    if (this.#waitingTotal >= MAX_WAITING || ofAddress >= MAX_WAITING_PER_ADDRESS) {
      log.warn({ waiting: this.#waitingTotal }, 'an upgrade was refused: too many streams have not started');
      refuse(socket, 503, 'Service Unavailable');
      return true;
    }
    this.#sockets.handleUpgrade(request, socket, head, (stream) => {
      this.#admit(stream, address);
    });
    return true;
  }

  /** Ends every socket at once, started or not. */
  close(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
  }

  #isOurPage(request: IncomingMessage): boolean {
    const { origin, host = '' } = request.headers;
    try {
      this.#options.guardPage?.(request);
    } catch {
      return false;
    }
    // The page of another site cannot have a token; it need not even knock.
    return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host.toLowerCase());
  }

  #isAllowed(request: IncomingMessage): boolean {
    const { publicUrl, authToken } = this.#options;
    const { headers, socket } = request;
    if (headers.origin !== undefined) return false; // A web page. Twilio is none.
    if (authToken !== undefined) {
      const signature = headers['x-twilio-signature'];
      return isSignedUpgrade({ publicUrl, authToken }, String(signature ?? ''), STREAM_PATH);
    }
    return isLoopbackUrl(publicUrl) && isLoopbackAddress(socket.remoteAddress) && !isForwarded(headers);
  }

  #admit(socket: TextSocket, address: string): void {
    this.#count(address, 1);
    const { tokens, journal, log, clock } = this.#options;
    admitStream(socket, {
      tokens,
      journal,
      log,
      clock,
      attach: (callSid, stream) => this.#options.attach(callSid, stream),
      arrived: () => {
        this.#count(address, -1);
      },
    });
  }

  #count(address: string, by: 1 | -1): void {
    this.#waitingTotal += by;
    const left = (this.#waiting.get(address) ?? 0) + by;
    if (left === 0) this.#waiting.delete(address);
    else this.#waiting.set(address, left);
  }
}

function refuse(socket: Duplex, status: number, text: string): void {
  socket.end(`HTTP/1.1 ${String(status)} ${text}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
