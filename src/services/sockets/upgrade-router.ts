import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../clock.ts';
import { asksForWebSocket, serveWithoutUpgrade } from './plain-request.ts';
import { refuseUpgrade } from './refused-upgrade.ts';
import { resumedSocket } from './resumed-socket.ts';
import { requestOf, type UpgradeRequest } from './upgrade-request.ts';

/** One address of a server at which sockets are opened. */
export interface SocketRoute<Kind extends typeof WebSocket = typeof WebSocket> {
  /** True for a path, without its query, that is this route's. */
  takes(path: string): boolean;
  /** Undefined lets the client in; else the HTTP status that refuses it. Asked before there is a socket. */
  refusal(request: IncomingMessage): number | undefined;
  /**
   * Called in the tick of the upgrade. The socket's errors are listened to already; a `close` follows them.
   * @param wasGiven - another process has upgraded it, and given it here.
   */
  opened(socket: InstanceType<Kind>, request: IncomingMessage, wasGiven: boolean): void;
  readonly options: SocketOptions<Kind>;
}

export interface SocketOptions<Kind extends typeof WebSocket> {
  readonly WebSocket?: Kind;
  /** Bytes of a message. */
  readonly maxPayload: number;
  readonly maxFragments?: number;
  readonly skipUTF8Validation?: boolean;
  /** Which of the subprotocols on offer is answered; none when left out. */
  readonly protocol?: string;
}

/** A route whose kind of socket only it knows. */
export interface MountedRoute {
  readonly takes: (path: string) => boolean;
  readonly refusal: (request: IncomingMessage) => number | undefined;
  /** @param refuse - called at most once, instead of a socket, where the handshake is none. */
  readonly accept: (request: IncomingMessage, connection: Duplex, head: Buffer, refuse: () => void) => void;
  /** @param head - everything that came on the connection since the upgrade. */
  readonly resume: (request: IncomingMessage, connection: Socket, head: Buffer) => void;
  readonly close: (code: number, reason: string) => void;
  readonly terminate: () => void;
}

/** What a door reports that its routes do not see. */
export interface DoorEars {
  /** An exception of a route; its upgrade was refused with 500. */
  readonly threw?: (thrown: unknown) => void;
  /** An upgrade to WebSocket that is no handshake; it was refused with 400. */
  readonly noHandshake?: (request: IncomingMessage) => void;
}

/** Milliseconds for a peer to answer a close. `ws` gives it 30 s. */
const CLOSE_WITHIN_MS = 2000;

/** What `ws` knows and its types do not. */
type KnownOptions<Kind extends typeof WebSocket> = ServerOptions<Kind> & {
  closeTimeout: number;
  maxFragments?: number;
};

/**
 * Accepts upgrades; a lint rule forbids every other way.
 *
 * Node takes its own `error` listener off a connection before it tells of an
 * upgrade, and an error that nobody listens to ends the process: every
 * connection gets one with its first breath, every socket before anybody sees
 * it. What is refused is answered and let go of. A route that throws refuses.
 */
export class UpgradeRouter {
  readonly #clock: Clock;
  readonly #routes: readonly MountedRoute[];
  /** Refused connections that have not read their answer. */
  readonly #refused = new Set<() => void>();
  readonly #ears: DoorEars;

  constructor(clock: Clock, routes: readonly MountedRoute[], ears: DoorEars = {}) {
    this.#clock = clock;
    this.#routes = routes;
    this.#ears = ears;
  }

  /** Takes every upgrade of a server. An offer of another protocol is ignored, as if it had not been made. */
  serve(server: Server): void {
    server.on('connection', listenToErrors);
    server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
      listenToErrors(connection);
      if (asksForWebSocket(request)) this.#take(request, connection, head);
      else serveWithoutUpgrade(server, request, head);
    });
  }

  /**
   * Takes a connection that another process has upgraded, as if it had been upgraded here: its client is let in, or
   * let go of.
   * @param head - everything that came on it since then.
   */
  resume(upgrade: UpgradeRequest, connection: Socket, head: Buffer): void {
    listenToErrors(connection);
    const request = requestOf(upgrade, connection);
    try {
      const route = this.#routeOf(request);
      if (route === undefined || route.refusal(request) !== undefined) connection.destroy();
      else route.resume(request, connection, head);
    } catch (thrown) {
      this.#ears.threw?.(thrown);
      connection.destroy();
    }
  }

  /** Tells every socket that it is over; its peer answers, or is gone with the process. */
  giveUp(code: number, reason: string): void {
    for (const { close } of this.#routes) close(code, reason);
  }

  /** Ends every socket and every refused connection at once. */
  close(): void {
    for (const drop of this.#refused) drop();
    for (const { terminate } of this.#routes) terminate();
  }

  #take(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    const refuse = (status: number) => {
      this.#refuse(connection, status);
    };
    try {
      const route = this.#routeOf(request);
      const status = route === undefined ? 404 : route.refusal(request);
      if (route === undefined || status !== undefined) refuse(status ?? 404);
      else {
        route.accept(request, connection, head, () => {
          this.#ears.noHandshake?.(request);
          refuse(400);
        });
      }
    } catch (thrown) {
      this.#ears.threw?.(thrown);
      // What was accepted before it threw is ended already.
      if (!connection.destroyed) refuse(500);
    }
  }

  #routeOf(request: IncomingMessage): MountedRoute | undefined {
    const [path = ''] = (request.url ?? '').split('?', 1);
    return this.#routes.find(({ takes }) => takes(path));
  }

  #refuse(connection: Duplex, status: number): void {
    const drop = refuseUpgrade(connection, status, this.#clock);
    this.#refused.add(drop);
    connection.once('close', () => this.#refused.delete(drop));
  }
}

/** Adds a route to a door. */
export function mount<Kind extends typeof WebSocket>(route: SocketRoute<Kind>): MountedRoute {
  const { protocol, ...own } = route.options;
  const options: KnownOptions<Kind> = {
    ...own,
    noServer: true,
    // Deflating costs five times the work of passing a message on, and audio does not shrink.
    perMessageDeflate: false,
    closeTimeout: CLOSE_WITHIN_MS,
    // The first one on offer would be the answer: it may be a secret.
    handleProtocols: (offered) => protocol !== undefined && offered.has(protocol) && protocol,
  };
  const sockets = new WebSocketServer<Kind>(options);
  const opened = (socket: InstanceType<Kind>, request: IncomingMessage, wasGiven: boolean) => {
    socket.on('error', ignore);
    route.opened(socket, request, wasGiven);
  };
  return {
    takes: (path) => route.takes(path),
    refusal: (request) => route.refusal(request),
    accept: (request, connection, head, refuse) => {
      // What `ws` refuses it answers itself, unless somebody listens: there is one way to refuse.
      sockets.once('wsClientError', refuse);
      try {
        sockets.handleUpgrade(request, connection, head, (socket) => {
          opened(socket, request, false);
        });
      } catch (thrown) {
        connection.destroy(); // Whatever it has become by now.
        throw thrown;
      } finally {
        sockets.off('wsClientError', refuse);
      }
    },
    resume: (request, connection, head) => {
      const socket = resumedSocket(sockets.options, connection, head);
      sockets.clients.add(socket);
      socket.once('close', () => sockets.clients.delete(socket));
      opened(socket, request, true);
    },
    close: (code, reason) => {
      for (const socket of sockets.clients) socket.close(code, reason);
    },
    terminate: () => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}

const listening = new WeakSet<Duplex>();

/** A connection whose client resets it is closed, and that is all: a `close` follows. */
function listenToErrors(connection: Duplex): void {
  if (listening.has(connection)) return;
  listening.add(connection);
  connection.on('error', ignore);
}

const ignore = () => undefined;
