import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { Clock } from '../../clock.ts';
import { EngineError, ERRORS, noteOf } from '../../errors.ts';
import { LIVE_CLOSE, LiveSubscription } from '../../protocol/console-live.ts';
import { fieldProblems } from '../../protocol/field-problem.ts';
import { PAGE_PROTOCOL, tokenIn } from '../../protocol/socket-token.ts';
import type { TellRefusal } from '../sockets/refusal.ts';
import { mount, type MountedRoute } from '../sockets/upgrade-router.ts';
import type { LiveFeed } from './live-feed.ts';
import { Viewer } from './viewer.ts';

/** Where the live feed is served. */
export const LIVE_PATH = '/api/live';

/** Who may watch. Each check returns, or throws. */
export interface LiveGuard {
  /** Whether a page may come at all, from where it comes. */
  page(request: IncomingMessage): void;
  /** Whether it brings the token; undefined when it brings none. */
  token(request: IncomingMessage, token: string | undefined): void;
}

export interface LiveServerParts {
  readonly feed: LiveFeed;
  readonly guard: LiveGuard;
  /** Called for each client refused for want of room; the guard reports the others. */
  readonly onRefused: TellRefusal;
  /** Where a request really comes from. */
  readonly addressOf: (request: IncomingMessage) => string;
  readonly clock: Clock;
}

/** Open pages. Each costs a few kilobytes and its share of a tick. */
const MAX_VIEWERS = 50;
/** A page says what it wants to see right after the handshake. */
const SUBSCRIBE_WITHIN_MS = 5000;
/** A page that vanished without a close is noticed within two of these. */
const PING_EVERY_MS = 30_000;
/** Bytes of a reason that fit a close frame (RFC 6455, 5.5). */
const MAX_REASON = 123;
/** RFC 6455: what was sent is not what it should be. */
const INVALID = 1007;

/** A page subscribes anew with every call that is opened on it. More than this is no page. */
const MAX_SUBSCRIPTIONS = { count: 60, inMs: 10_000 };

/** The door of the live feed: who may watch, and what each page wants to see. */
export class LiveServer {
  readonly route: MountedRoute;
  readonly #parts: LiveServerParts;
  #viewers = 0;

  constructor(parts: LiveServerParts) {
    this.#parts = parts;
    this.route = mount({
      takes: (path) => path === LIVE_PATH,
      refusal: (request) => this.#refusal(request),
      opened: (socket) => {
        this.#receive(socket);
      },
      options: {
        protocol: PAGE_PROTOCOL,
        /** Bytes: a subscription to 200 calls has some 20 KB. */
        maxPayload: 64 * 1024,
        maxFragments: 16,
      },
    });
  }

  /** Who has no token is no viewer, and takes no viewer's place. */
  #refusal(request: IncomingMessage): number | undefined {
    const { guard, onRefused, addressOf } = this.#parts;
    try {
      guard.page(request);
      guard.token(request, tokenIn(request.headers['sec-websocket-protocol']));
    } catch (thrown) {
      const { code } = noteOf(thrown, 'FORBIDDEN');
      const row = ERRORS[code];
      return 'status' in row ? row.status : ERRORS.FORBIDDEN.status;
    }
    if (this.#viewers < MAX_VIEWERS) return undefined;
    onRefused({ door: 'live', reason: 'too_many', address: addressOf(request) });
    return ERRORS.UNAVAILABLE.status;
  }

  #receive(socket: WebSocket): void {
    const { feed, clock } = this.#parts;
    this.#viewers++;
    let viewer: Viewer | undefined;
    const late = clock.setTimeout(() => {
      socket.close(LIVE_CLOSE.refused, 'no subscription received');
    }, SUBSCRIBE_WITHIN_MS);
    const stopPings = this.#keepAlive(socket);
    let subscriptions = { count: 0, since: clock.steady() };

    socket.on('close', () => {
      this.#viewers--;
      clock.clearTimeout(late);
      stopPings();
      if (viewer !== undefined) feed.remove(viewer);
    });
    socket.on('message', (data, isBinary) => {
      if (clock.steady() - subscriptions.since >= MAX_SUBSCRIPTIONS.inMs) {
        subscriptions = { count: 0, since: clock.steady() };
      }
      if (++subscriptions.count > MAX_SUBSCRIPTIONS.count) {
        socket.close(LIVE_CLOSE.full, 'too many subscriptions');
        return;
      }
      try {
        const subscription = readSubscription(isBinary ? '' : (data as Buffer).toString());
        clock.clearTimeout(late);
        const isNew = viewer === undefined;
        viewer ??= new Viewer(socket);
        viewer.subscribe(subscription);
        if (isNew) feed.add(viewer);
      } catch (thrown) {
        const { message } = noteOf(thrown, 'INTERNAL');
        socket.close(INVALID, message.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, MAX_REASON));
      }
    });
  }

  #keepAlive(socket: WebSocket): () => void {
    const { clock } = this.#parts;
    let isAlive = true;
    socket.on('pong', () => {
      isAlive = true;
    });
    const ping = () => {
      if (!isAlive) {
        socket.terminate();
        return;
      }
      isAlive = false;
      socket.ping();
      timer = clock.setTimeout(ping, PING_EVERY_MS);
    };
    let timer = clock.setTimeout(ping, PING_EVERY_MS);
    return () => {
      clock.clearTimeout(timer);
    };
  }
}

function readSubscription(text: string): LiveSubscription {
  let written: unknown;
  try {
    written = JSON.parse(text);
  } catch {
    throw new EngineError('REQUEST_INVALID', 'the subscription is not JSON text');
  }
  const read = LiveSubscription.safeParse(written);
  if (read.success) return read.data;
  const [first = { path: '', message: 'is not a subscription' }] = fieldProblems(read.error);
  throw new EngineError('REQUEST_INVALID', `${first.path}: ${first.message}`);
}
