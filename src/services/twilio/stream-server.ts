import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../clock.ts';
import { isForwarded, isLoopbackAddress, isLoopbackUrl } from '../../loopback.ts';
import { PAGE_PROTOCOL, tokenIn } from '../../protocol/socket-token.ts';
import type { Log } from '../log.ts';
import { mount, type MountedRoute, type SocketOptions } from '../sockets/upgrade-door.ts';
import type { Journal } from '../storage/journal.port.ts';
import { TextSocket } from '../text-socket.ts';
import type { CarrierStream } from './carrier-stream.ts';
import { isSignedUpgrade } from './signature.ts';
import { admitStream } from './stream-admission.ts';
import type { StreamPeer, StreamTokens } from './stream-token.ts';

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
  /** Calls at once: no more streams of the carrier than these wait for their `start`. */
  readonly maxConcurrentCalls: number;
  readonly tokens: StreamTokens;
  readonly journal: Pick<Journal, 'transact'>;
  /** Gives the stream to its call. False: no such call is here. */
  attach(callSid: string, stream: CarrierStream): boolean;
  /** Told of an upgrade that has shown its signature, or its token. */
  readonly onTrusted?: (request: IncomingMessage) => void;
  /** The date by the call's own clock; the engine's unless given. */
  dateOf?(callSid: string): number | undefined;
  readonly log: Log;
  readonly clock: Clock;
}

/** Pages that have not said `start`. An operator opens one at a time. */
const MAX_WAITING_PAGES = 16;

const SOCKETS: SocketOptions<typeof TextSocket> = {
  WebSocket: TextSocket,
  // Frames are compared byte by byte or parsed as JSON; a check of UTF-8 before that finds nothing more.
  skipUTF8Validation: true,
  /** Bytes. A frame of 20 ms has some 400. */
  maxPayload: 1 << 16,
  maxFragments: 16,
};

/**
 * The doors for Media Streams, one for the carrier and one for pages: check who
 * knocks before the socket is upgraded, and what the stream says of itself
 * before it meets its call. Neither waits for the other, and strangers fill none:
 * who has not shown a signature or a token is not let in to wait.
 */
export class StreamServer {
  readonly routes: readonly MountedRoute[];
  readonly #options: StreamServerOptions;
  /** Sockets that have not said `start`. */
  readonly #waiting: Record<StreamPeer, number> = { carrier: 0, page: 0 };

  constructor(options: StreamServerOptions) {
    this.#options = options;
    const { pagePath } = options;
    this.routes = [
      mount({
        takes: (path) => path.replace(/\/$/, '') === STREAM_PATH,
        refusal: (request) =>
          this.#refusal(
            'carrier',
            STREAM_PATH,
            request,
            this.#isAllowed(request),
            options.maxConcurrentCalls,
          ),
        opened: (socket) => {
          this.#admit(socket, 'carrier');
        },
        options: SOCKETS,
      }),
      mount({
        takes: (path) => path === pagePath,
        refusal: (request) =>
          this.#refusal('page', pagePath ?? '', request, this.#isOurPage(request), MAX_WAITING_PAGES),
        opened: (socket) => {
          this.#admit(socket, 'page');
        },
        options: { ...SOCKETS, protocol: PAGE_PROTOCOL },
      }),
    ];
  }

  #refusal(
    peer: StreamPeer,
    route: string,
    request: IncomingMessage,
    isTrusted: boolean,
    max: number,
  ): number | undefined {
    const { log, onTrusted } = this.#options;
    if (!isTrusted) {
      log.warn({ route }, 'an upgrade was refused: not from Twilio, and not from our page');
      return 403;
    }
    onTrusted?.(request);
    if (this.#waiting[peer] < max) return undefined;
    log.warn(
      { route, waiting: this.#waiting[peer] },
      'an upgrade was refused: too many streams have not started',
    );
    return 503;
  }

  #isOurPage(request: IncomingMessage): boolean {
    const { origin, host = '' } = request.headers;
    const token = tokenIn(request.headers['sec-websocket-protocol']);
    // The page of another site cannot have a token; it need not even knock.
    const isOurs =
      origin === undefined || (URL.canParse(origin) && new URL(origin).host === host.toLowerCase());
    if (!isOurs || token === undefined) return false;
    try {
      this.#options.guardPage?.(request);
      return this.#options.tokens.read(token).peer === 'page';
    } catch {
      return false;
    }
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

  #admit(socket: TextSocket, peer: StreamPeer): void {
    this.#waiting[peer]++;
    const { tokens, journal, log, clock } = this.#options;
    admitStream(socket, {
      peer,
      tokens,
      journal,
      log,
      clock,
      attach: (callSid, stream) => this.#options.attach(callSid, stream),
      dateOf: (callSid) => this.#options.dateOf?.(callSid) ?? clock.now(),
      arrived: () => {
        this.#waiting[peer]--;
      },
    });
  }
}
