import type { Dialect } from '../dialects/dialect.ts';
import { type ModelSocket, openModelSocket } from '../wire/model-socket.ts';

/** Where the model is, and how it is spoken to. */
export interface ModelEndpoint {
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
export function connectModel(
  { url, name, apiKey, open = openModelSocket }: ModelEndpoint,
  dialect: Dialect,
): ModelSocket {
  return open(dialect.url(url, name), {
    ...(apiKey !== undefined && { Authorization: `Bearer ${apiKey}` }),
    ...dialect.headers,
  });
}
