import type { Clock } from '../../../clock.ts';
import { noteOf } from '../../../errors.ts';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type { FieldProblem } from '../../../protocol/field-problem.ts';
import { type McpServer, prefixOf, type Webhook } from '../../../protocol/profile-tools.ts';
import type { Log } from '../../../log.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Tool } from '../define-tool.ts';
import { McpConnection } from './mcp-connection.ts';
import { createOutward, type OutwardParts } from './outward.ts';
import { PROGRAM, type SecretTarget, type ToolSecrets } from './tool-secrets.ts';
import { webhookTool } from './webhook-tool.ts';

export interface ProfileToolsParts extends OutwardParts {
  /** What a profile may name, and where it may go. */
  readonly secrets: ToolSecrets;
  readonly clock: Clock;
  readonly log: Log;
}

/** The tools that profiles bring along: webhooks, and the tools of MCP servers. */
export interface ProfileTools {
  /** What is wrong with a profile's webhooks and servers that its schema cannot see. Asks nobody. */
  problemsOf(profile: AgentProfile): FieldProblem[];
  /**
   * Connects to every server of the profiles, side by side, and waits for each to be there or known to be down.
   *
   * @returns what is wrong, by profile: a program that is not installed, a tool that a server does not have. A server
   *   that is down is no problem of a profile: it is told to the log, and tried again.
   */
  open(profiles: readonly AgentProfile[]): Promise<ReadonlyMap<AgentProfile, readonly FieldProblem[]>>;
  /**
   * The tools of a profile. A server that is new (a profile can be changed while the engine runs) is connected to,
   * and its tools are there for the calls that begin afterwards.
   */
  toolsOf(profile: AgentProfile): readonly Tool[];
  /**
   * Ends the sessions with servers that none of these profiles names, and their programs: of profiles that were
   * replaced, refused or only tried.
   */
  keepOnly(profiles: Iterable<AgentProfile>): Promise<void>;
  /** Ends every session, and every server that the engine has started. */
  close(): Promise<void>;
}

export function createProfileTools(parts: ProfileToolsParts): ProfileTools {
  const { secrets, clock, log } = parts;
  const outward = createOutward(parts);
  const webhooks = new WeakMap<AgentProfile, readonly Tool[]>();
  /** One connection for servers that are described alike, whichever profile they are in. */
  const servers = new Map<string, Opened>();

  // A process that ends without being asked to must not leave its children behind.
  const killAll = () => {
    for (const { connection } of servers.values()) connection.kill();
  };
  process.once('exit', killAll);

  const connectionTo = (server: McpServer): Opened => {
    const key = keyOf(server);
    const known = servers.get(key);
    if (known !== undefined) return known;
    const connection = new McpConnection(server, { outward, secrets, clock, log });
    const opening = connection.open();
    void opening.then((problem) => {
      if (problem !== undefined) log.error({ server: server.name, problem }, 'MCP server not usable');
    });
    const made = { server, connection, opening };
    servers.set(key, made);
    return made;
  };

  const webhooksOf = (profile: AgentProfile): readonly Tool[] => {
    const known = webhooks.get(profile);
    if (known !== undefined) return known;
    const made = profile.webhooks.flatMap((webhook) => {
      const tool = toolOf(webhook);
      return 'problem' in tool ? [] : [tool];
    });
    webhooks.set(profile, made);
    return made;
  };

  /** It may still be being connected to: then it closes itself when it has been. */
  const end = async ({ server, connection, opening }: Opened): Promise<void> => {
    try {
      await connection.close();
      await opening;
    } catch (thrown) {
      const error = noteOf(thrown, 'TOOL_UNREACHABLE');
      log.warn({ server: server.name, error }, 'MCP session not closed cleanly');
    }
  };

  return {
    problemsOf: (profile) => [
      ...profile.webhooks.flatMap((webhook, index) => {
        const path = `webhooks.${String(index)}`;
        return [
          ...urlProblems(webhook.url, `${path}.url`),
          ...secretProblems(webhook.secret, new URL(webhook.url), `${path}.secret`),
          ...schemaProblems(webhook, `${path}.arguments`),
        ];
      }),
      ...profile.mcpServers.flatMap((server, index) => {
        const path = `mcpServers.${String(index)}`;
        if ('url' in server)
          return [
            ...urlProblems(server.url, `${path}.url`),
            ...secretProblems(server.bearer, new URL(server.url), `${path}.bearer`),
          ];
        return Object.entries(server.env).flatMap(([name, source]) =>
          secretProblems(source, PROGRAM, `${path}.env.${name}`),
        );
      }),
    ],
    open: async (profiles) => {
      const entries = profiles.map(async (profile) => [profile, await serverProblems(profile)] as const);
      return new Map(await Promise.all(entries));
    },
    toolsOf: (profile) => [
      ...webhooksOf(profile),
      ...profile.mcpServers.flatMap((server) => connectionTo(server).connection.tools),
    ],
    keepOnly: async (profiles) => {
      const kept = new Set([...profiles].flatMap(({ mcpServers }) => mcpServers.map(keyOf)));
      const ended = [...servers].filter(([key]) => !kept.has(key));
      for (const [key] of ended) servers.delete(key);
      await Promise.all(ended.map(([, opened]) => end(opened)));
    },
    close: async () => {
      await Promise.all([...servers.values()].map(end));
      process.off('exit', killAll);
    },
  };

  async function serverProblems(profile: AgentProfile): Promise<FieldProblem[]> {
    const found = profile.mcpServers
      .map(connectionTo)
      .map(async ({ server, connection, opening }, index): Promise<FieldProblem[]> => {
        const problem = await opening;
        if (problem !== undefined) return [{ path: `mcpServers.${String(index)}`, message: problem }];
        if (!connection.isUp) return [];
        const offered = new Set(connection.tools.map(({ name }) => name));
        return profile.tools.flatMap((name, at) =>
          name.startsWith(prefixOf(server)) && !offered.has(name)
            ? [{ path: `tools.${String(at)}`, message: `the MCP server ${server.name} has no tool ${name}` }]
            : [],
        );
      });
    return (await Promise.all(found)).flat();
  }

  function urlProblems(url: string, path: string): FieldProblem[] {
    const message = outward.problemOf(new URL(url));
    return message === undefined ? [] : [{ path, message }];
  }

  function secretProblems(name: string | undefined, target: SecretTarget, path: string): FieldProblem[] {
    const message = name === undefined ? undefined : secrets.problemOf(name, target);
    return message === undefined ? [] : [{ path, message }];
  }

  function schemaProblems(webhook: Webhook, path: string): FieldProblem[] {
    const tool = webhookTool(webhook, { outward, clock, secret: undefined });
    return 'problem' in tool ? [{ path, message: `cannot be checked: ${tool.problem}` }] : [];
  }

  /** Without its secret a webhook is none: what is not signed must not leave. */
  function toolOf(webhook: Webhook) {
    const { secret: name, url } = webhook;
    if (name === undefined) return webhookTool(webhook, { outward, clock, secret: undefined });
    const problem = secrets.problemOf(name, new URL(url));
    if (problem !== undefined) return { problem };
    return webhookTool(webhook, { outward, clock, secret: secrets.valueFor(name, new URL(url)) });
  }
}

interface Opened {
  readonly server: McpServer;
  readonly connection: McpConnection;
  /** Resolves when the first attempt is over, with what trying again does not mend. */
  readonly opening: Promise<string | undefined>;
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
