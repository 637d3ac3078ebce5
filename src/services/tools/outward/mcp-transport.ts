import type { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Clock } from '../../../clock.ts';
import type { McpServer } from '../../../protocol/profile-tools.ts';
import type { McpSdk } from './mcp-sdk.ts';
import type { Outward } from './outward.ts';
import { outwardFetch } from './outward-fetch.ts';
import { PROGRAM, type ToolSecrets } from './tool-secrets.ts';

export interface McpTransportParts {
  readonly clock: Clock;
  readonly outward: Outward;
  /** What a profile may name, and where it may go. */
  readonly secrets: ToolSecrets;
}

/** The way to a server: HTTP, or the standard streams of a program that is started for it. */
export interface McpTransport {
  readonly transport: Transport;
  /** Of the server's program; null where there is none. */
  readonly pidOf: () => number | null;
  /** What to throw; or what no waiting mends. */
  readonly whyItFailed: (thrown: unknown) => Error | { readonly problem: string };
}

type HttpServer = Extract<McpServer, { url: string }>;
type ProgramServer = Exclude<McpServer, HttpServer>;

/** One message of a server's process. */
const MAX_MESSAGE_BYTES = 4_194_304;
const STDERR_KEPT = 300;

/** Why a secret that the server is to be given may not go to it. */
export function secretProblemOf(server: McpServer, secrets: ToolSecrets): string | undefined {
  if (!('url' in server))
    return Object.values(server.env)
      .map((name) => secrets.problemOf(name, PROGRAM))
      .find((problem) => problem !== undefined);
  return server.bearer === undefined ? undefined : secrets.problemOf(server.bearer, new URL(server.url));
}

export function openTransport(sdk: McpSdk, server: McpServer, parts: McpTransportParts): McpTransport {
  return 'url' in server ? httpTransport(sdk, server, parts) : programTransport(sdk, server, parts.secrets);
}

function httpTransport(
  sdk: McpSdk,
  { url: serverUrl, bearer }: HttpServer,
  { outward, secrets, clock }: McpTransportParts,
): McpTransport {
  // Asked for each request: a client that is sent elsewhere takes no token along.
  const headersFor = (url: URL) => {
    const token = bearer === undefined ? undefined : secrets.valueFor(bearer, url);
    return token === undefined ? {} : { Authorization: `Bearer ${token}` };
  };
  const transport = new sdk.StreamableHTTPClientTransport(new URL(serverUrl), {
    fetch: outwardFetch(outward, headersFor, clock),
  });
  return { transport, pidOf: () => null, whyItFailed: asError };
}

function programTransport(
  sdk: McpSdk,
  { command, args, env }: ProgramServer,
  secrets: ToolSecrets,
): McpTransport {
  const transport = new sdk.StdioClientTransport({
    command,
    args,
    env: Object.fromEntries(
      Object.entries(env).map(([name, source]) => [name, secrets.valueFor(source, PROGRAM) ?? '']),
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
