import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { EngineError } from '../errors.ts';
import { clientAddressOf, proxiesOf } from '../services/http/client-address.ts';
import { Connections } from '../services/http/connections.ts';
import { createHttpServer } from '../services/http/http-server.ts';
import type { Service } from './service.ts';

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
  /** Twice is once. */
  close(): Promise<void>;
  readonly service: Service;
}

/**
 * Listens where the configuration says. Until it is told who answers, everybody hears that the engine is starting:
 * the carrier asks again at a 5xx, and a proxy tries the next one.
 *
 * @param signatureHeader - the carrier's, in lower case.
 * @throws {EngineError} `CONFIG_INVALID` when it cannot listen there, naming the setting that is wrong.
 */
export async function openPort(
  { host, port, maxConcurrentCalls, trustedProxies }: Config,
  clock: Clock,
  signatureHeader: string,
): Promise<OpenPort> {
  const isProxy = proxiesOf(trustedProxies);
  const addressOf = (request: IncomingMessage) => clientAddressOf(request, isProxy);
  const connections = new Connections({
    ...{ lines: maxConcurrentCalls, isProxy, addressOf, clock, signatureHeader },
  });
  let answer: RequestListener = answerStarting;
  const server = createHttpServer((request, response) => {
    answer(request, response);
  }, connections);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw cannotListen({ host, port }, cause);
  }
  const { port: taken } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
    return Promise.resolve();
  };
  return {
    server,
    port: taken,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(taken)}`,
    addressOf,
    onTrusted: (request) => {
      connections.trust(request);
    },
    serve: (listener) => {
      answer = listener;
    },
    close,
    service: { name: 'port', stop: close },
  };
}

const answerStarting: RequestListener = (_request, response) => {
  response.writeHead(503, { 'retry-after': '1', connection: 'close' }).end();
};

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
