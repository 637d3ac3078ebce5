import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';

/** A tool call that the shop got. */
export interface ShopCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly meta: Readonly<Record<string, unknown>> | undefined;
}

interface ShopServer {
  connect(transport: Transport): Promise<void>;
  registerTool(name: string, config: object, run: () => object): void;
}

const SHOP = new URL('./mcp-shop.mjs', import.meta.url);
const { mcpShop } = (await import(SHOP.href)) as { mcpShop: (told?: (call: ShopCall) => void) => ShopServer };

/** The shop as a program, for a profile. */
export const shopProgram = (...args: string[]) => ({
  name: 'shop',
  command: process.execPath,
  args: [fileURLToPath(SHOP), ...args],
});

/** The shop over streamable HTTP, on a real port, with a session for each client. */
export async function shopOverHttp(port = 0) {
  const calls: ShopCall[] = [];
  const heads: IncomingHttpHeaders[] = [];
  const sessions = new Map<string, { transport: StreamableHTTPServerTransport; shop: ShopServer }>();

  const server = createServer((request, response) => {
    heads.push(request.headers);
    void (async () => {
      const known = sessions.get(String(request.headers['mcp-session-id']));
      if (known === undefined && request.headers['mcp-session-id'] !== undefined) {
        response.writeHead(404).end();
        return;
      }
      if (known !== undefined) {
        await known.transport.handleRequest(request, response);
        return;
      }
      const shop = mcpShop((call) => calls.push(call));
      const transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: randomUUID,
        onsessioninitialized: (id) => {
          sessions.set(id, { transport, shop });
        },
        onsessionclosed: (id) => {
          sessions.delete(id);
        },
      });
      await shop.connect(transport);
      await transport.handleRequest(request, response);
    })();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const taken = (server.address() as AddressInfo).port;
  return {
    port: taken,
    host: `127.0.0.1:${String(taken)}`,
    url: `http://127.0.0.1:${String(taken)}/mcp`,
    calls,
    heads,
    sessions,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
