import { createServer, type RequestListener, type Server } from 'node:http';

/**
 * A Node server whose clients can hold no socket for long without saying
 * something: slow ones are answered 408 and closed. WebSocket upgrades are
 * bounded by whoever takes them.
 */
export function createHttpServer(listener: RequestListener, maxConcurrentCalls: number): Server {
  const server = createServer(
    {
      headersTimeout: 10_000, // Node's 60 s is for people on slow lines; Twilio and load balancers are not.
      requestTimeout: 15_000, // The longest Twilio itself waits for an answer.
      keepAliveTimeout: 65_000, // Above the usual 60 s of load balancers, so that they close first.
      maxHeaderSize: 16 * 1024,
      connectionsCheckingInterval: 5000,
    },
    listener,
  );
  // Two sockets for each call (its stream and a webhook), and room for operators.
  server.maxConnections = 2 * maxConcurrentCalls + 200;
  return server;
}
