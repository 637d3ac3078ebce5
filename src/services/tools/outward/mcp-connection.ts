import { EngineError, noteOf } from '../../../errors.ts';
import type { McpServer } from '../../../protocol/profile-tools.ts';
import type { Log } from '../../../log.ts';
import type { Tool } from '../define-tool.ts';
import { answerOfResult, failureOf } from './mcp-answer.ts';
import { type McpClient, type McpClientParts, openMcpClient } from './mcp-client.ts';
import { type AskServer, offeredTools } from './mcp-tool.ts';
import { fail } from '../tool-answer.ts';

export interface McpConnectionParts extends Omit<McpClientParts, 'onClosed' | 'onToolsChanged'> {
  readonly log: Log;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** A request that outlives its call has no other limit. */
const CALL_WITHIN_MS = 30_000;

/**
 * One MCP server, for as long as the engine runs. While it is gone its tools
 * stay as they were last listed, and fail at once; it is tried again after half
 * a second, and then after twice as long each time, up to half a minute.
 */
export class McpConnection {
  readonly #server: McpServer;
  readonly #parts: McpConnectionParts;
  #client: McpClient | undefined;
  #tools: readonly Tool[] = [];
  #failures = 0;
  #retry: unknown;
  #isClosed = false;

  constructor(server: McpServer, parts: McpConnectionParts) {
    this.#server = server;
    this.#parts = parts;
  }

  get isUp(): boolean {
    return this.#client !== undefined;
  }

  /** As last listed; none before the server has answered for the first time. */
  get tools(): readonly Tool[] {
    return this.#tools;
  }

  /** The first attempt. When the server is down it is tried again; answers what trying again does not mend. */
  async open(): Promise<string | undefined> {
    try {
      return await this.#connect();
    } catch (thrown) {
      this.#wait(thrown);
      return undefined;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#parts.clock.clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
  }

  /** Ends the server's process at once, when it has one. */
  kill(): void {
    this.#client?.kill();
  }

  async #connect(): Promise<string | undefined> {
    const client = await openMcpClient(this.#server, {
      ...this.#parts,
      onClosed: (lost) => {
        this.#lose(lost);
      },
      onToolsChanged: (changed) => {
        // When it cannot even be asked the session is over, and the next one lists them.
        this.#list(changed).catch(() => undefined);
      },
    });
    if ('problem' in client) return client.problem;
    if (this.#isClosed) {
      await client.close();
      return undefined;
    }
    try {
      await this.#list(client);
    } catch (thrown) {
      await client.close();
      throw thrown;
    }
    this.#client = client;
    this.#failures = 0;
    this.#parts.log.info({ server: this.#server.name, tools: this.#tools.length }, 'MCP server connected');
    return undefined;
  }

  async #list(client: McpClient): Promise<void> {
    const { tools, leftOut } = offeredTools(this.#server, await client.listTools(), this.#ask);
    this.#tools = tools;
    if (leftOut.length > 0)
      this.#parts.log.warn({ server: this.#server.name, leftOut }, 'MCP tools left out');
  }

  readonly #ask: AskServer = async (tool, { args, context, isEffect }) => {
    const client = this.#client;
    if (client === undefined) return fail('TOOL_UNREACHABLE');
    const { key, signal, call } = context;
    const request = { tool, args, key, signal, callSid: call.callSid, timeoutMs: CALL_WITHIN_MS };
    try {
      return answerOfResult(await client.call(request));
    } catch (thrown) {
      const { answer, isSession } = failureOf(thrown, isEffect);
      // A request that was given up says nothing about the server.
      if (isSession && !signal.aborted) void this.#doubt(client);
      return answer;
    }
  };

  /** Asks whether the session still lives, and begins a new one when it does not. */
  async #doubt(client: McpClient): Promise<void> {
    try {
      await client.ping();
    } catch {
      this.#lose(client);
      await client.close().catch(() => undefined);
    }
  }

  #lose(client: McpClient): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#wait(new EngineError('TOOL_UNREACHABLE'));
  }

  #wait(thrown: unknown): void {
    if (this.#isClosed) return;
    const { clock, log } = this.#parts;
    const afterMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failures += 1;
    const error = noteOf(thrown, 'TOOL_UNREACHABLE');
    log.warn({ server: this.#server.name, error, afterMs }, 'MCP server unreachable, retrying');
    this.#retry = clock.setTimeout(() => {
      this.#connect().then(
        (problem) => {
          if (problem !== undefined) this.#wait(new Error(problem));
        },
        (failed: unknown) => {
          this.#wait(failed);
        },
      );
    }, afterMs);
  }
}
