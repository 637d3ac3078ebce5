import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { type AddressInfo, Server as SocketServer } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { EngineError } from '../errors.ts';
import { clientAddressOf, proxiesOf } from '../services/http/client-address.ts';
import { Connections } from '../services/http/connections.ts';
import { createHttpServer } from '../services/http/http-server.ts';
import type { Service } from './service.ts';
import { WaitingWebhooks } from './waiting-webhooks.ts';

export interface OpenPort {
  readonly server: Server;
  /** The one that was taken. */
  readonly port: number;
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Where a request really comes from. */
  readonly addressOf: (request: IncomingMessage) => string;
  /** To be told of every request that has shown a credential. */
  readonly onTrusted: (request: IncomingMessage) => void;
  /** From now on requests are answered by this. */
  serve(listener: RequestListener): void;
  /**
   * Takes no connection any more. Those that are open bring one more request at most, if they do so within a second, which is
   * when this resolves; upgraded ones stay.
   */
  leave(): Promise<void>;
  /** Twice is once. */
  close(): Promise<void>;
  readonly service: Service;
}

/** A connection that was taken has brought its request by then, in ms. */
const LAST_REQUESTS_MS = 1000;

type PortSettings = Pick<Config, 'host' | 'port' | 'maxConcurrentCalls' | 'trustedProxies'>;

/**
 * Listens where the configuration says. Until it is told who answers, the carrier waits, and everybody else hears that
 * the engine is starting.
 *
 * @param signatureHeader - the carrier's, in lower case.
 * @throws {EngineError} `CONFIG_INVALID` when it cannot listen there, naming the setting that is wrong.
 */
export async function openPort(
  settings: PortSettings,
  clock: Clock,
  signatureHeader: string,
): Promise<OpenPort> {
  const { listen, ...rest } = makePort(settings, clock, signatureHeader);
  await listen();
  const { port } = rest.server.address() as AddressInfo;
  return { ...rest, port, url: urlOf(settings.host, port) };
}

/**
 * The same for a worker, which shares a port that is known: it listens when it is told to.
 *
 * @throws {EngineError} `CONFIG_INVALID`, from `listen`, as `openPort` does.
 */
export function preparePort(
  settings: PortSettings,
  clock: Clock,
  signatureHeader: string,
): OpenPort & { listen(): Promise<void> } {
  const { host, port } = settings;
  return { ...makePort(settings, clock, signatureHeader), port, url: urlOf(host, port) };
}

function makePort(
  { host, port, maxConcurrentCalls, trustedProxies }: PortSettings,
  clock: Clock,
  signatureHeader: string,
) {
  const isProxy = proxiesOf(trustedProxies);
  const addressOf = (request: IncomingMessage) => clientAddressOf(request, isProxy);
  const connections = new Connections({
    ...{ lines: maxConcurrentCalls, isProxy, addressOf, clock, signatureHeader },
  });
  const waiting = new WaitingWebhooks(clock);
  let answer: RequestListener = waiting.take;
  let isLeaving = false;
  const server = createHttpServer((request, response) => {
    if (isLeaving) response.shouldKeepAlive = false;
    answer(request, response);
  }, connections);
  const close = () => {
    server.close();
    server.closeAllConnections();
    return Promise.resolve();
  };
  return {
    server,
    addressOf,
    listen: async () => {
      server.listen(port, host);
      try {
        await once(server, 'listening');
      } catch (cause) {
        throw cannotListen({ host, port }, cause);
      }
    },
    onTrusted: (request: IncomingMessage) => {
      connections.trust(request);
    },
    serve: (listener: RequestListener) => {
      answer = listener;
      waiting.giveTo(listener);
    },
    leave: async () => {
      isLeaving = true;
      // Not as an HTTP server closes: that ends connections whose first request is on its way.
      SocketServer.prototype.close.call(server);
      await new Promise<void>((resolve) => {
        clock.setTimeout(resolve, LAST_REQUESTS_MS);
      });
      server.closeIdleConnections();
    },
    close,
    service: { name: 'port', stop: close },
  };
}

const urlOf = (host: string, port: number) =>
  `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;

/** Which setting to change, by what the system says of an address. */
function cannotListen({ host, port }: Pick<Config, 'host' | 'port'>, cause: unknown): EngineError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  const at = `${host}, port ${String(port)}`;
  switch (code) {
    case 'EADDRINUSE':
      return invalid(`PORT: another program listens at ${at} already, perhaps an engine`, cause);
    case 'EACCES':
      return invalid(`PORT: this user may not listen at ${at}; take one from 1024 on`, cause);
    default:
      return invalid(`HOST: this machine cannot listen at ${at} (${code})`, cause);
  }
}

const invalid = (problem: string, cause: unknown) =>
  new EngineError('CONFIG_INVALID', `\n  ${problem}`, { cause });
