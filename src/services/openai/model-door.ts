import type { Dialect } from './dialect.ts';
import { type ModelSocket, openModelSocket } from './model-socket.ts';

/** Where the model is, and how it is spoken to. */
export interface ModelDoor {
  /** Base URL; the model's name is appended as the dialect wants it. */
  readonly url: string;
  readonly name: string;
  readonly apiKey: string | undefined;
  /** True for the simulator: typed words are passed to it beside their audio. */
  readonly takesTyped?: boolean | undefined;
  /** One for each session. */
  readonly makeDialect: () => Dialect;
  /** Opens the socket; over the network by default. */
  readonly open?: typeof openModelSocket | undefined;
}

/** Begins to connect a session. Failures are told by the socket's events. */
export function knock(
  { url, name, apiKey, open = openModelSocket }: ModelDoor,
  dialect: Dialect,
): ModelSocket {
  return open(dialect.url(url, name), {
    ...(apiKey !== undefined && { Authorization: `Bearer ${apiKey}` }),
    ...dialect.headers,
  });
}
