import { noteOf } from '../../../errors.ts';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type { FieldProblem } from '../../../protocol/field-problem.ts';
import { type McpServer, prefixOf } from '../../../protocol/profile-tools.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Tool } from '../define-tool.ts';
import { McpConnection, type McpConnectionParts } from './mcp-connection.ts';

interface Opened {
  readonly server: McpServer;
  readonly connection: McpConnection;
  /** Resolves when the first attempt is over, with what trying again does not mend. */
  readonly opening: Promise<string | undefined>;
}

/** The servers of all profiles: one connection for those that are described alike, whichever profile they are in. */
export class McpServers {
  readonly #parts: McpConnectionParts;
  readonly #servers = new Map<string, Opened>();

  constructor(parts: McpConnectionParts) {
    this.#parts = parts;
    process.once('exit', this.#killAll);
  }

  /** As each server last listed them. A server that is new is connected to. */
  toolsOf(profile: AgentProfile): Tool[] {
    return profile.mcpServers.flatMap((server) => this.#connectionTo(server).connection.tools);
  }

  /** Waits until each server of the profile is there or known to be down, and answers what waiting does not mend. */
  async problemsOf(profile: AgentProfile): Promise<FieldProblem[]> {
    const opened = profile.mcpServers.map((server) => this.#connectionTo(server));
    const found = opened.map(async ({ server, connection, opening }, index): Promise<FieldProblem[]> => {
      const problem = await opening;
      if (problem !== undefined) return [{ path: `mcpServers.${String(index)}`, message: problem }];
      return connection.isUp ? missingTools(profile, server, connection.tools) : [];
    });
    return (await Promise.all(found)).flat();
  }

  /** Ends the sessions with servers that none of these profiles names, and their programs. */
  async keepOnly(profiles: Iterable<AgentProfile>): Promise<void> {
    const kept = new Set([...profiles].flatMap(({ mcpServers }) => mcpServers.map(keyOf)));
    const ended = [...this.#servers].filter(([key]) => !kept.has(key));
    for (const [key] of ended) this.#servers.delete(key);
    await Promise.all(ended.map(([, opened]) => this.#end(opened)));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((opened) => this.#end(opened)));
    process.off('exit', this.#killAll);
  }

  /** A process that ends without being asked to must not leave its children behind. */
  readonly #killAll = (): void => {
    for (const { connection } of this.#servers.values()) connection.kill();
  };

  #connectionTo(server: McpServer): Opened {
    const key = keyOf(server);
    const known = this.#servers.get(key);
    if (known !== undefined) return known;
    const connection = new McpConnection(server, this.#parts);
    const opening = connection.open();
    void opening.then((problem) => {
      if (problem !== undefined)
        this.#parts.log.error({ server: server.name, problem }, 'MCP server not usable');
    });
    const made = { server, connection, opening };
    this.#servers.set(key, made);
    return made;
  }

  /** It may still be being connected to: then it closes itself when it has been. */
  async #end({ server, connection, opening }: Opened): Promise<void> {
    try {
      await connection.close();
      await opening;
    } catch (thrown) {
      const error = noteOf(thrown, 'TOOL_UNREACHABLE');
      this.#parts.log.warn({ server: server.name, error }, 'MCP session not closed cleanly');
    }
  }
}

/** The tools that a profile names and its server does not have. */
function missingTools(profile: AgentProfile, server: McpServer, tools: readonly Tool[]): FieldProblem[] {
  const offered = new Set(tools.map(({ name }) => name));
  return profile.tools.flatMap((name, at) =>
    name.startsWith(prefixOf(server)) && !offered.has(name)
      ? [{ path: `tools.${String(at)}`, message: `the MCP server ${server.name} has no tool ${name}` }]
      : [],
  );
}

/** Servers that are described alike are one. A profile is not changed once it is read, so this is asked once. */
function keyOf(server: McpServer): string {
  const known = keys.get(server);
  if (known !== undefined) return known;
  const key = canonicalJson(server);
  keys.set(server, key);
  return key;
}

const keys = new WeakMap<McpServer, string>();
