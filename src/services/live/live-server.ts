import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../clock.ts';
import { EngineError, ERRORS, noteOf } from '../../errors.ts';
import { LIVE_CLOSE, LiveSubscription } from '../../protocol/console-live.ts';
import { fieldProblems } from '../../protocol/field-problem.ts';
import type { Log } from '../log.ts';
import type { LiveFeed } from './live-feed.ts';
import { Viewer } from './viewer.ts';

/** Where the live feed is served. */
export const LIVE_PATH = '/api/live';

/** Who may watch. Each check returns, or throws. */
export interface LiveGuard {
  /** For the upgrade, which carries no token yet. */
  page(request: IncomingMessage): void;
  /** For the first message; undefined when it carries no token. */
  token(request: IncomingMessage, token: string | undefined): void;
}

export interface LiveServerParts {
  readonly feed: LiveFeed;
  readonly guard: LiveGuard;
  readonly clock: Clock;
  readonly log: Log;
}

/** Open pages. Each costs a few kilobytes and its share of a tick. */
const MAX_VIEWERS = 50;
/** A page says who it is right after the handshake. */
const SUBSCRIBE_WITHIN_MS = 5000;
/** A page that went away without a word is noticed within two of these. */
const PING_EVERY_MS = 30_000;
/** Bytes of a reason that fit a close frame (RFC 6455, 5.5). */
const MAX_REASON = 123;
/** RFC 6455: what was sent is not what it should be. */
const INVALID = 1007;

/** A page subscribes anew with every call that is opened on it. More than this is no page. */
const MAX_SUBSCRIPTIONS = { count: 60, inMs: 10_000 };

const SOCKET_OPTIONS: ServerOptions = {
  noServer: true,
  perMessageDeflate: false,
  /** Bytes: a subscription to 200 calls has some 20 KB. */
  maxPayload: 64 * 1024,
};

/** The door of the live feed: who may watch, and what each page wants to see. */
export class LiveServer {
  readonly #parts: LiveServerParts;
  readonly #sockets = new WebSocketServer(SOCKET_OPTIONS);

  constructor(parts: LiveServerParts) {
    this.#parts = parts;
    this.#sockets.on('wsClientError', (_error, socket) => {
      socket.on('error', () => undefined);
      refuse(socket, 400, 'Bad Request');
    });
  }

  /** Takes an upgrade to `/api/live`. False: the path is somebody else's, and nothing was done. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const [path] = (request.url ?? '').split('?');
    if (path !== LIVE_PATH) return false;
    socket.on('error', () => undefined); // An error without a listener would end the process; a close follows.
    try {
      this.#parts.guard.page(request);
    } catch (thrown) {
      const { code } = noteOf(thrown, 'FORBIDDEN');
      this.#parts.log.warn({ route: LIVE_PATH, code }, 'an upgrade was refused');
      const row = ERRORS[code];
      refuse(socket, 'status' in row ? row.status : 403, 'Forbidden');
      return true;
    }
    this.#sockets.handleUpgrade(request, socket, head, (opened) => {
      this.#receive(opened, request);
    });
    return true;
  }

  close(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
  }

  #receive(socket: WebSocket, request: IncomingMessage): void {
    const { feed, clock } = this.#parts;
    if (this.#sockets.clients.size > MAX_VIEWERS) {
      socket.close(LIVE_CLOSE.full, 'too many pages are open');
      return;
    }
    let viewer: Viewer | undefined;
    const late = clock.setTimeout(() => {
      socket.close(LIVE_CLOSE.refused, 'no subscription came');
    }, SUBSCRIBE_WITHIN_MS);
    const stopPings = this.#keepAlive(socket);
    let subscriptions = { count: 0, since: clock.now() };

    socket.on('error', () => undefined); // A close follows.
    socket.on('close', () => {
      clock.clearTimeout(late);
      stopPings();
      if (viewer !== undefined) feed.remove(viewer);
    });
    socket.on('message', (data, isBinary) => {
      if (clock.now() - subscriptions.since >= MAX_SUBSCRIPTIONS.inMs) {
        subscriptions = { count: 0, since: clock.now() };
      }
      if (++subscriptions.count > MAX_SUBSCRIPTIONS.count) {
        socket.close(LIVE_CLOSE.full, 'too many subscriptions');
        return;
      }
      try {
        const subscription = readSubscription(isBinary ? '' : (data as Buffer).toString());
        if (viewer === undefined) this.#parts.guard.token(request, subscription.token);
        clock.clearTimeout(late);
        const isNew = viewer === undefined;
        viewer ??= new Viewer(socket);
        viewer.subscribe(subscription);
        if (isNew) feed.add(viewer);
      } catch (thrown) {
        const { code, message } = noteOf(thrown, 'INTERNAL');
        if (code === 'REQUEST_INVALID')
          socket.close(INVALID, message.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, MAX_REASON));
        else socket.close(LIVE_CLOSE.refused, 'the token is not the one');
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
    throw new EngineError('REQUEST_INVALID', 'send a subscription as JSON text');
  }
  const read = LiveSubscription.safeParse(written);
  if (read.success) return read.data;
  const [first = { path: '', message: 'is no subscription' }] = fieldProblems(read.error);
  throw new EngineError('REQUEST_INVALID', `${first.path}: ${first.message}`);
}

function refuse(socket: Duplex, status: number, text: string): void {
  socket.end(`HTTP/1.1 ${String(status)} ${text}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
