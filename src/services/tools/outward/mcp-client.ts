/**
 * One session with an MCP server, by the official SDK. The SDK is optional and
 * large: it is loaded when the first server is connected to.
 */

import { once } from 'node:events';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { CallToolResult, Tool as ListedTool } from '@modelcontextprotocol/sdk/types.js';
import type { JsonSchemaValidator, jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';
import type { Clock } from '../../../clock.ts';
import type { McpServer } from '../../../protocol/profile-tools.ts';
import { deadlineAfter } from '../deadline.ts';
import type { Outward } from './outward.ts';
import { outwardFetch } from './outward-fetch.ts';
import type { Fields } from '../tool-answer.ts';
import { PROGRAM, type ToolSecrets } from './tool-secrets.ts';

export type { CallToolResult, ListedTool };

export interface McpClientParts {
  readonly clock: Clock;
  readonly outward: Outward;
  /** What a profile may name, and where it may go. */
  readonly secrets: ToolSecrets;
  /** Called once, when an open session ends other than by `close`. */
  readonly onClosed: (client: McpClient) => void;
  /** Called when the server reports that its tools have changed. */
  readonly onToolsChanged: (client: McpClient) => void;
}

export interface McpCall {
  /** The server's own name of the tool. */
  readonly tool: string;
  readonly args: Fields;
  readonly key: string;
  readonly callSid: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

export interface McpClient {
  /** Every tool of the server, page by page. */
  listTools(): Promise<ListedTool[]>;
  call(call: McpCall): Promise<CallToolResult>;
  /** Resolves when the server still answers, within two seconds. */
  ping(): Promise<void>;
  close(): Promise<void>;
  /** Ends the server's process at once, when it has one: for the moment in which the engine's own ends. */
  kill(): void;
}

const TAKES_ALL: jsonSchemaValidator = {
  getValidator<T>(): JsonSchemaValidator<T> {
    return (data) => ({ valid: true, data: data as T, errorMessage: undefined });
  },
};

/** From the start of the process or of the first request to the server's first answer. */
const CONNECT_WITHIN_MS = 5000;
const PING_WITHIN_MS = 2000;
/** A server that does not hear that its session is over finds out by itself. */
const GOODBYE_WITHIN_MS = 1000;
/** A server with more tools than so many pages is not for a telephone call. */
const MAX_PAGES = 10;
/** One message of a server's process. */
const MAX_MESSAGE_BYTES = 4_194_304;
const STDERR_KEPT = 300;

/**
 * Opens a session, or says what waiting does not mend: the SDK or the server's
 * program is not installed.
 *
 * @throws whatever the SDK throws when the server does not answer.
 */
export async function openMcpClient(
  server: McpServer,
  parts: McpClientParts,
): Promise<McpClient | { readonly problem: string }> {
  const problem = secretProblemOf(server, parts.secrets);
  if (problem !== undefined) return { problem };
  const sdk = await loadSdk();
  if (sdk === undefined) return { problem: SDK_MISSING };
  const client: Client = new sdk.Client(
    { name: 'callchart', version: '1' },
    {
      capabilities: {},
      // Its own would compile every schema of what a tool answers, patterns included. Answers are taken as they come.
      jsonSchemaValidator: TAKES_ALL,
      listChanged: {
        tools: {
          autoRefresh: false,
          onChanged: () => {
            parts.onToolsChanged(opened);
          },
        },
      },
    },
  );
  const { transport, pidOf, whyItFailed } = openTransport(sdk, server, parts);
  let isOpen = false;
  let isGone = false;
  let pid: number | null = null;

  const opened: McpClient = {
    listTools: async () => {
      const tools: ListedTool[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < MAX_PAGES; page++) {
        const params = cursor === undefined ? {} : { cursor };
        const listed = await client.listTools(params, { timeout: CONNECT_WITHIN_MS });
        tools.push(...listed.tools);
        cursor = listed.nextCursor;
        if (cursor === undefined) break;
      }
      return tools;
    },
    call: async ({ tool, args, key, callSid, signal, timeoutMs }) => {
      // Not `callTool`: that checks the result by the tool's output schema, and throws a deed that was done away.
      const _meta = { 'callchart/idempotencyKey': key, 'callchart/callSid': callSid };
      const params = { name: tool, arguments: { ...args }, _meta };
      return client.request({ method: 'tools/call', params }, sdk.CallToolResultSchema, {
        signal,
        timeout: timeoutMs,
      });
    },
    ping: async () => {
      await client.ping({ timeout: PING_WITHIN_MS });
    },
    close: async () => {
      isOpen = false;
      if (transport instanceof sdk.StreamableHTTPClientTransport) {
        const limit = deadlineAfter(GOODBYE_WITHIN_MS, parts.clock);
        await Promise.race([
          transport.terminateSession().catch(() => undefined),
          once(limit.signal, 'abort'),
        ]);
        limit.clear();
      }
      await client.close();
    },
    kill: () => {
      if (isGone || pid === null) return;
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It is gone already.
      }
    },
  };

  client.onclose = () => {
    isGone = true;
    if (isOpen) parts.onClosed(opened);
    isOpen = false;
  };
  try {
    await client.connect(transport, { timeout: CONNECT_WITHIN_MS });
  } catch (thrown) {
    const why = whyItFailed(thrown);
    if (why instanceof Error) throw why;
    return why;
  }
  isOpen = true;
  pid = pidOf();
  return opened;
}

type Sdk = Awaited<ReturnType<typeof importSdk>>;

async function importSdk() {
  const [{ Client }, { StdioClientTransport }, { StreamableHTTPClientTransport }, { CallToolResultSchema }] =
    await Promise.all([
      import('@modelcontextprotocol/sdk/client/index.js'),
      import('@modelcontextprotocol/sdk/client/stdio.js'),
      import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
      import('@modelcontextprotocol/sdk/types.js'),
    ]);
  return { Client, StdioClientTransport, StreamableHTTPClientTransport, CallToolResultSchema };
}

const SDK_MISSING = 'the MCP SDK is not installed; run: npm install @modelcontextprotocol/sdk';

async function loadSdk(): Promise<Sdk | undefined> {
  try {
    return await importSdk();
  } catch {
    return undefined;
  }
}

interface OpenTransport {
  readonly transport: Transport;
  readonly pidOf: () => number | null;
  /** What to throw; or what no waiting mends. */
  readonly whyItFailed: (thrown: unknown) => Error | { readonly problem: string };
}

/** Why a secret that the server is to be given may not go to it. */
function secretProblemOf(server: McpServer, secrets: ToolSecrets): string | undefined {
  if (!('url' in server))
    return Object.values(server.env)
      .map((name) => secrets.problemOf(name, PROGRAM))
      .find((problem) => problem !== undefined);
  return server.bearer === undefined ? undefined : secrets.problemOf(server.bearer, new URL(server.url));
}

function openTransport(
  sdk: Sdk,
  server: McpServer,
  { outward, secrets, clock }: McpClientParts,
): OpenTransport {
  if ('url' in server) {
    const { bearer } = server;
    // Asked for each request: a client that is sent elsewhere takes no token along.
    const headersFor = (url: URL) => {
      const token = bearer === undefined ? undefined : secrets.valueFor(bearer, url);
      return token === undefined ? {} : { Authorization: `Bearer ${token}` };
    };
    const transport = new sdk.StreamableHTTPClientTransport(new URL(server.url), {
      fetch: outwardFetch(outward, headersFor, clock),
    });
    return { transport, pidOf: () => null, whyItFailed: asError };
  }
  const transport = new sdk.StdioClientTransport({
    command: server.command,
    args: server.args,
    env: Object.fromEntries(
      Object.entries(server.env).map(([name, source]) => [name, secrets.valueFor(source, PROGRAM) ?? '']),
    ),
    stderr: 'pipe',
    maxBufferSize: MAX_MESSAGE_BYTES,
  });
  const lastWords = lastWordsOf(transport);
  return {
    transport,
    pidOf: () => transport.pid,
    whyItFailed: (thrown) => {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'EACCES')
        return { problem: `its program cannot be started (${code})` };
      const words = lastWords();
      return words === '' ? asError(thrown) : new Error(`it says: ${words}`, { cause: thrown });
    },
  };
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/**
 * What the server's process wrote to stderr before it was connected to, for an
 * operator who wonders why it was not. Later words are dropped: they may hold
 * what a caller said.
 */
function lastWordsOf(transport: StdioClientTransport): () => string {
  let words = '';
  transport.stderr?.on('data', (part: Buffer) => {
    words = (words + part.toString('utf8')).slice(-STDERR_KEPT);
  });
  return () => words.trim();
}
