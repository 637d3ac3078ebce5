import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { clientAddressOf, proxiesOf } from '../services/http/client-address.ts';
import { Connections } from '../services/http/connections.ts';
import { createHttpServer } from '../services/http/http-server.ts';

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
  close(): Promise<void>;
}

/** Listens where the configuration says. Whoever calls it answers from then on: nothing may be awaited in between. */
export async function openPort(
  { host, port, maxConcurrentCalls, trustedProxies }: Config,
  clock: Clock,
  listener: RequestListener,
): Promise<OpenPort> {
  const isProxy = proxiesOf(trustedProxies);
  const addressOf = (request: IncomingMessage) => clientAddressOf(request, isProxy);
  const connections = new Connections({ lines: maxConcurrentCalls, isProxy, addressOf, clock });
  const server = createHttpServer(listener, connections);
  server.listen(port, host);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  return {
    server,
    port: taken,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(taken)}`,
    addressOf,
    onTrusted: (request) => {
      connections.trust(request);
    },
    close: () => {
      server.close();
      server.closeAllConnections();
      return Promise.resolve();
    },
  };
}
