import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';

/** A request that a far end got. */
export interface GotRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (response: ServerResponse, request: GotRequest) => void;

export interface FarEnd {
  readonly port: number;
  /** `127.0.0.1:PORT`, as an operator allows it. */
  readonly host: string;
  readonly url: string;
  readonly got: readonly GotRequest[];
  /** How it answers from now on. */
  answers(answer: Answer): void;
  close(): Promise<void>;
}

/** Answers JSON. */
export const json =
  (body: unknown, status = 200): Answer =>
  (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };

/** A system of a business, on a real port of this machine. */
export async function farEnd(tls?: { readonly key: string; readonly cert: string }): Promise<FarEnd> {
  let answer: Answer = json({});
  const got: GotRequest[] = [];
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => (body += part));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      got.push({ method, path, headers, body });
      answer(response, { method, path, headers, body });
    });
  };
  const server: Server & { closeAllConnections?: () => void } =
    tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${String(port)}`;
  return {
    port,
    host,
    url: `${tls === undefined ? 'http' : 'https'}://${host}`,
    got,
    answers: (next) => {
      answer = next;
    },
    close: async () => {
      server.closeAllConnections?.();
      server.close();
      await once(server, 'close');
    },
  };
}
