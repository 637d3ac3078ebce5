import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
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

/** What a hostile server answers itself. Where it does not, the shop does. */
export interface Hostile {
  /** The stream of the server's own news (a GET). */
  readonly news?: (response: ServerResponse) => unknown;
  /** A call of a tool. */
  readonly call?: (response: ServerResponse) => unknown;
}

/** The shop over streamable HTTP, on a real port, with a session for each client. */
export async function shopOverHttp(port = 0, hostile: Hostile = {}) {
  const calls: ShopCall[] = [];
  const heads: IncomingHttpHeaders[] = [];
  const sessions = new Map<string, { transport: StreamableHTTPServerTransport; shop: ShopServer }>();

  const server = createServer((request, response) => {
    heads.push(request.headers);
    void (async () => {
      if (request.method === 'GET' && hostile.news !== undefined) {
        hostile.news(response);
        return;
      }
      const body = request.method === 'POST' ? await bodyOf(request) : undefined;
      if (body?.method === 'tools/call' && hostile.call !== undefined) {
        hostile.call(response);
        return;
      }
      const known = sessions.get(String(request.headers['mcp-session-id']));
      if (known === undefined && request.headers['mcp-session-id'] !== undefined) {
        response.writeHead(404).end();
        return;
      }
      if (known !== undefined) {
        await known.transport.handleRequest(request, response, body);
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
      await transport.handleRequest(request, response, body);
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

async function bodyOf(request: IncomingMessage): Promise<{ readonly method?: string }> {
  let body = '';
  for await (const part of request) body += String(part);
  return JSON.parse(body) as { readonly method?: string };
}
