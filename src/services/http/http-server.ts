import { createServer, type RequestListener, type Server } from 'node:http';
import { inTurns } from './request-turns.ts';
import { type Connections, KEEP_STRANGER_MS } from './connections.ts';

/** A connection on which nothing moves: a client that reads no more is let go, and what was to be read with it. */
const STALLED_MS = 30_000;

/**
 * A Node server whose clients can hold no socket for long without saying
 * something: slow ones are answered 408 and closed. WebSocket upgrades are
 * bounded by whoever takes them.
 */
export function createHttpServer(listener: RequestListener, connections: Connections): Server {
  const server = createServer(
    {
      headersTimeout: 10_000, // Node's 60 s is for people on slow lines; carriers and load balancers are not.
      requestTimeout: 15_000, // The longest that a carrier waits for an answer.
      keepAliveTimeout: KEEP_STRANGER_MS, // Longer once a credential was shown (connections.ts).
      maxHeaderSize: 16 * 1024,
      connectionsCheckingInterval: 5000,
    },
    inTurns(
      (request, response) => {
        if (connections.admits(request, response)) listener(request, response);
        else request.socket.resetAndDestroy();
      },
      (request) => connections.saysWho(request),
    ),
  );
  server.setTimeout(STALLED_MS);
  connections.serve(server);
  return server;
}
