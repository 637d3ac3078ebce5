/** One session with an MCP server, by the official SDK. */

import { once } from 'node:events';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { CallToolResult, Tool as ListedTool } from '@modelcontextprotocol/sdk/types.js';
import type { JsonSchemaValidator, jsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/types.js';
import type { Clock } from '../../../clock.ts';
import type { McpServer } from '../../../protocol/profile-tools.ts';
import { deadlineAfter } from '../deadline.ts';
import type { Fields } from '../tool-answer.ts';
import { loadSdk, type McpSdk, SDK_MISSING } from './mcp-sdk.ts';
import {
  type McpTransport,
  type McpTransportParts,
  openTransport,
  secretProblemOf,
} from './mcp-transport.ts';

export type { CallToolResult, ListedTool };

export interface McpClientParts extends McpTransportParts {
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
  const way = openTransport(sdk, server, parts);
  const session = new McpSession(sdk, way, parts);
  try {
    await session.connect();
  } catch (thrown) {
    const why = way.whyItFailed(thrown);
    if (why instanceof Error) throw why;
    return why;
  }
  return session;
}

class McpSession implements McpClient {
  readonly #sdk: McpSdk;
  readonly #way: McpTransport;
  readonly #clock: Clock;
  readonly #client: Client;
  #isOpen = false;
  #isGone = false;
  #pid: number | null = null;

  constructor(sdk: McpSdk, way: McpTransport, { clock, onClosed, onToolsChanged }: McpClientParts) {
    this.#sdk = sdk;
    this.#way = way;
    this.#clock = clock;
    this.#client = clientOf(sdk, () => {
      onToolsChanged(this);
    });
    this.#client.onclose = () => {
      this.#isGone = true;
      if (this.#isOpen) onClosed(this);
      this.#isOpen = false;
    };
  }

  /** @throws whatever the SDK throws when the server does not answer. */
  async connect(): Promise<void> {
    await this.#client.connect(this.#way.transport, { timeout: CONNECT_WITHIN_MS });
    this.#isOpen = true;
    this.#pid = this.#way.pidOf();
  }

  async listTools(): Promise<ListedTool[]> {
    const tools: ListedTool[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const params = cursor === undefined ? {} : { cursor };
      const listed = await this.#client.listTools(params, { timeout: CONNECT_WITHIN_MS });
      tools.push(...listed.tools);
      cursor = listed.nextCursor;
      if (cursor === undefined) break;
    }
    return tools;
  }

  async call({ tool, args, key, callSid, signal, timeoutMs }: McpCall): Promise<CallToolResult> {
    // Not `callTool`: that checks the result by the tool's output schema, and throws a deed that was done away.
    const _meta = { 'callchart/idempotencyKey': key, 'callchart/callSid': callSid };
    const params = { name: tool, arguments: { ...args }, _meta };
    return this.#client.request({ method: 'tools/call', params }, this.#sdk.CallToolResultSchema, {
      signal,
      timeout: timeoutMs,
    });
  }

  async ping(): Promise<void> {
    await this.#client.ping({ timeout: PING_WITHIN_MS });
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    const { transport } = this.#way;
    if (transport instanceof this.#sdk.StreamableHTTPClientTransport) {
      const limit = deadlineAfter(GOODBYE_WITHIN_MS, this.#clock);
      await Promise.race([transport.terminateSession().catch(() => undefined), once(limit.signal, 'abort')]);
      limit.clear();
    }
    await this.#client.close();
  }

  kill(): void {
    if (this.#isGone || this.#pid === null) return;
    try {
      process.kill(this.#pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
}

function clientOf(sdk: McpSdk, onToolsChanged: () => void): Client {
  return new sdk.Client(
    { name: 'callchart', version: '1' },
    {
      capabilities: {},
      // Its own would compile every schema of what a tool answers, patterns included. Answers are taken as they come.
      jsonSchemaValidator: TAKES_ALL,
      listChanged: { tools: { autoRefresh: false, onChanged: onToolsChanged } },
    },
  );
}
