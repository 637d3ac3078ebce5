/**
 * A Realtime server, GA dialect, that needs no key and no network.
 *
 * Order of events, refusals and limits are those of OpenAI's service as its
 * reference and its clients' field reports tell them. What is answered, and who
 * hears the caller, is for whoever starts it to say.
 */

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebSocket } from 'ws';
import type { Clock } from '../../clock.ts';
import { mount, type MountedRoute, UpgradeRouter } from '../../services/sockets/upgrade-router.ts';
import type { RealtimeFaults } from './faults.ts';
import type { SessionSocket } from './frames.ts';
import { refusal } from './refusal.ts';
import { Wire } from './wire.ts';

/** The largest append, 15 MiB of audio, in base64 and its event. */
const MAX_FRAME_BYTES = 21 * 1024 * 1024;
/** Where the service has it. */
export const REALTIME_PATH = '/v1/realtime';
/** Gone from the service; opening one is a 404. */
const RETIRED_MODEL = /^gpt-4o-(mini-)?realtime-preview/;
/** Speech models that the service has, and had. */
const MODEL = /^gpt-realtime(-\d+(\.\d+)?)?(-mini)?(-\d{4}-\d{2}-\d{2})?$/;
/** The service refuses a session after it has opened the socket, and closes it with this. */
const REFUSED_CLOSE = 4000;

/** One session, as a socket sees it: `session.ts`, or what stands before it. */
interface HeldSession {
  /** Sends the first event. */
  open(): void;
  /** Takes one text frame of the client. */
  take(text: string): void;
  /** The socket is gone. */
  close(): void;
}

interface RealtimeServerOptions {
  readonly clock: Clock;
  readonly faults?: RealtimeFaults;
  /** Makes the session for a client that was let in. */
  readonly hold: (model: string, socket: SessionSocket) => HeldSession;
}

/** The sessions of a simulator. */
interface RealtimeRoute {
  readonly route: MountedRoute;
  /** Cuts every socket, without a closing handshake: what a lost network looks like. */
  drop(): void;
  readonly sessions: number;
}

function realtimeRoute(options: RealtimeServerOptions): RealtimeRoute {
  const clients = new Set<WebSocket>();
  const route = mount({
    takes: (path) => path === REALTIME_PATH,
    refusal: (request) => options.faults?.refuseUpgrade ?? refusedStatus(request, urlOf(request)),
    opened: (client, request) => {
      clients.add(client);
      client.on('close', () => clients.delete(client));
      const isBeta = request.headers['openai-beta']?.includes('realtime=v1') === true;
      const model = urlOf(request).searchParams.get('model') ?? '';
      if (isBeta) refuse(client, 'beta_api_shape_disabled', NO_BETA);
      else if (!MODEL.test(model)) refuse(client, 'model_not_found', noModel(model));
      else hold(client, model, options);
    },
    options: { maxPayload: MAX_FRAME_BYTES },
  });
  return {
    route,
    drop() {
      for (const client of clients) client.terminate();
    },
    get sessions() {
      return clients.size;
    },
  };
}

const urlOf = ({ url = '/' }: IncomingMessage) => new URL(url, 'http://simulator');

/** Why the upgrade is refused before there is a socket, as an HTTP status. */
function refusedStatus({ headers }: IncomingMessage, url: URL): number | undefined {
  if (headers.authorization?.startsWith('Bearer ') !== true) return 401;
  const model = url.searchParams.get('model');
  if (model === null || model === '') return 400;
  return RETIRED_MODEL.test(model) ? 404 : undefined;
}

const NO_BETA = 'The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.';
const noModel = (model: string) => `The model '${model}' does not exist or you do not have access to it.`;

function refuse(client: WebSocket, code: string, message: string): void {
  new Wire((text) => {
    client.send(text);
  }).refuse(refusal(code, message));
  client.close(REFUSED_CLOSE, code);
}

function hold(client: WebSocket, model: string, options: RealtimeServerOptions): void {
  const session = options.hold(model, {
    write: (text) => {
      if (client.readyState === client.OPEN) client.send(text);
    },
    close: (code, reason) => {
      client.close(code, reason);
    },
  });
  client.on('message', (data: Buffer) => {
    session.take(data.toString());
  });
  client.on('close', () => {
    session.close();
  });
  session.open();
}

export interface RealtimeServer extends Omit<RealtimeRoute, 'route'> {
  /** What a client takes for the service: `ws://127.0.0.1:PORT/v1/realtime`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on loopback unless told otherwise; without a port, on a free one. */
export async function startRealtimeServer({
  port = 0,
  host = '127.0.0.1',
  ...options
}: RealtimeServerOptions & {
  readonly port?: number;
  readonly host?: string;
}): Promise<RealtimeServer> {
  const endpoint = realtimeRoute(options);
  const server = createServer((_, response) => {
    response.writeHead(404).end();
  });
  const door = new UpgradeRouter(options.clock, [endpoint.route]);
  door.serve(server);
  await listening(server, port, host);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `ws://${host}:${String(taken)}${REALTIME_PATH}`,
    get sessions() {
      return endpoint.sessions;
    },
    drop: () => {
      endpoint.drop();
    },
    close: () =>
      new Promise((resolve) => {
        door.close();
        server.close(() => {
          resolve();
        });
      }),
  };
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
