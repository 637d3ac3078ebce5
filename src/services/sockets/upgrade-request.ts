import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { z } from 'zod';

/** The request of an upgrade as plain data: what the doors of another process look at. */
export const UpgradeRequest = z.object({
  url: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});
export type UpgradeRequest = z.infer<typeof UpgradeRequest>;

export const upgradeRequestOf = ({ url = '/', headers }: IncomingMessage): UpgradeRequest =>
  UpgradeRequest.parse({ url, headers });

/** The same request, as having come on a connection of this process. */
export function requestOf({ url, headers }: UpgradeRequest, connection: Socket): IncomingMessage {
  const request = new IncomingMessage(connection);
  request.method = 'GET';
  request.url = url;
  request.headers = headers;
  return request;
}
