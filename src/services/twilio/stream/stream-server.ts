import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../../clock.ts';
import { isForwarded, isLoopbackAddress, isLoopbackUrl } from '../../../loopback.ts';
import { PAGE_PROTOCOL, tokenIn } from '../../../protocol/socket-token.ts';
import type { Log } from '../../../log.ts';
import { checkedAgainst, type DoorRefusal, type TellRefusal } from '../../sockets/refusal.ts';
import { mount, type MountedRoute, type SocketOptions } from '../../sockets/upgrade-router.ts';
import type { Journal } from '../../storage/journal.port.ts';
import { MovableSocket } from '../../sockets/movable-socket.ts';
import { TextSocket } from '../../sockets/text-socket.ts';
import type { CarrierStream } from '../../phone/carrier.port.ts';
import {
  isSignedUpgrade,
  SECRET_SETTING,
  SIGNATURE_HEADER,
  STREAM_PATH,
  streamUrl,
} from '../webhooks/signature.ts';
import { admitStream } from './stream-admission.ts';
import type { StreamPeer, StreamTokens } from '../../phone/stream-token.ts';

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
  /**
   * Gives the socket of a stream to the process that its call lives in. False: it lives in no other one. Absent: this
   * process is the whole engine.
   */
  readonly handOver?: HandOver | undefined;
  /** Called for each upgrade with a valid signature or token. */
  readonly onTrusted?: (request: IncomingMessage) => void;
  /** Called for each refused client. */
  readonly onRefused: TellRefusal;
  /** Where a request really comes from. */
  readonly addressOf: (request: IncomingMessage) => string;
  /** The date by the clock of a call that is live here; undefined for every other. */
  dateOf?(callSid: string): number | undefined;
  readonly log: Log;
  readonly clock: Clock;
}

/** @param request - of the upgrade: the other process looks at it, too. */
export type HandOver = (callSid: string, socket: TextSocket, request: IncomingMessage) => Promise<boolean>;

/** Pages that have not said `start`. An operator opens one at a time. */
const MAX_WAITING_PAGES = 16;

const SOCKETS: SocketOptions<typeof TextSocket> = {
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
    const { pagePath, handOver } = options;
    const sockets = { ...SOCKETS, WebSocket: handOver === undefined ? TextSocket : MovableSocket };
    this.routes = [
      mount({
        takes: (path) => path.replace(/\/$/, '') === STREAM_PATH,
        refusal: (request) =>
          this.#refusal('carrier', request, this.#carrierFault(request), options.maxConcurrentCalls),
        opened: (socket, request, wasGiven) => {
          this.#admit(socket, 'carrier', request, wasGiven);
        },
        options: sockets,
      }),
      mount({
        takes: (path) => path === pagePath,
        refusal: (request) => this.#refusal('page', request, this.#pageFault(request), MAX_WAITING_PAGES),
        opened: (socket, request, wasGiven) => {
          this.#admit(socket, 'page', request, wasGiven);
        },
        options: { ...sockets, protocol: PAGE_PROTOCOL },
      }),
    ];
  }

  #refusal(
    peer: StreamPeer,
    request: IncomingMessage,
    fault: DoorRefusal['reason'] | undefined,
    max: number,
  ): number | undefined {
    const { publicUrl, onTrusted, onRefused, addressOf } = this.#options;
    if (fault === undefined) onTrusted?.(request);
    const reason = fault ?? (this.#waiting[peer] < max ? undefined : 'too_many');
    if (reason === undefined) return undefined;
    const detail =
      reason === 'wrong_signature'
        ? checkedAgainst(streamUrl(publicUrl, STREAM_PATH), SECRET_SETTING)
        : undefined;
    onRefused({ door: 'stream', reason, address: addressOf(request), detail });
    return reason === 'too_many' ? 503 : 403;
  }

  #pageFault(request: IncomingMessage): DoorRefusal['reason'] | undefined {
    const { origin, host = '' } = request.headers;
    // The page of another site cannot have a token; it need not even knock.
    const isOurs =
      origin === undefined || (URL.canParse(origin) && new URL(origin).host === host.toLowerCase());
    if (!isOurs) return 'other_page';
    try {
      this.#options.guardPage?.(request);
    } catch {
      return 'not_local';
    }
    const token = tokenIn(request.headers['sec-websocket-protocol']);
    if (token === undefined) return 'no_token';
    try {
      return this.#options.tokens.read(token).peer === 'page' ? undefined : 'wrong_token';
    } catch {
      return 'wrong_token';
    }
  }

  #carrierFault(request: IncomingMessage): DoorRefusal['reason'] | undefined {
    const { publicUrl, authToken } = this.#options;
    const { headers, socket } = request;
    if (headers.origin !== undefined) return 'other_page'; // Twilio is no web page.
    if (authToken !== undefined) {
      const signature = headers[SIGNATURE_HEADER];
      const isSigned = isSignedUpgrade({ publicUrl, authToken }, String(signature ?? ''), STREAM_PATH);
      return isSigned ? undefined : 'wrong_signature';
    }
    const isHere =
      isLoopbackUrl(publicUrl) && isLoopbackAddress(socket.remoteAddress) && !isForwarded(headers);
    return isHere ? undefined : 'not_local';
  }

  #admit(socket: TextSocket, peer: StreamPeer, request: IncomingMessage, wasGiven: boolean): void {
    this.#waiting[peer]++;
    const { tokens, journal, log, clock, onRefused, addressOf, handOver } = this.#options;
    const address = addressOf(request);
    admitStream(socket, {
      peer,
      tokens,
      journal,
      log,
      clock,
      attach: (callSid, stream) => this.#options.attach(callSid, stream),
      dateOf: (callSid) => this.#options.dateOf?.(callSid) ?? clock.now(),
      isLive: (callSid) => this.#options.dateOf?.(callSid) !== undefined,
      // What was given here is looked for nowhere else: two that are wrong about a call would pass it to and fro.
      handOver: wasGiven ? undefined : handOver && ((callSid) => handOver(callSid, socket, request)),
      refused: (reason, detail, callSid) => {
        onRefused({ door: 'stream', reason, address, detail, callSid });
      },
      arrived: () => {
        this.#waiting[peer]--;
      },
    });
  }
}
