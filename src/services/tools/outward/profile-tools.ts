import type { Clock } from '../../../clock.ts';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type { FieldProblem } from '../../../protocol/field-problem.ts';
import type { Webhook } from '../../../protocol/profile-tools.ts';
import type { Log } from '../../../log.ts';
import type { Tool } from '../define-tool.ts';
import { McpServers } from './mcp-servers.ts';
import { createOutward, type OutwardParts } from './outward.ts';
import { ProfileProblems } from './profile-problems.ts';
import type { ToolSecrets } from './tool-secrets.ts';
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
  const servers = new McpServers({ outward, secrets, clock, log });
  const problems = new ProfileProblems({ outward, secrets, clock });

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

  /** Without its secret a webhook is none: what is not signed must not leave. */
  const toolOf = (webhook: Webhook) => {
    const { secret: name, url } = webhook;
    if (name === undefined) return webhookTool(webhook, { outward, clock, secret: undefined });
    const problem = secrets.problemOf(name, new URL(url));
    if (problem !== undefined) return { problem };
    return webhookTool(webhook, { outward, clock, secret: secrets.valueFor(name, new URL(url)) });
  };

  return {
    problemsOf: (profile) => problems.of(profile),
    open: async (profiles) => {
      const entries = profiles.map(async (profile) => [profile, await servers.problemsOf(profile)] as const);
      return new Map(await Promise.all(entries));
    },
    toolsOf: (profile) => [...webhooksOf(profile), ...servers.toolsOf(profile)],
    keepOnly: (profiles) => servers.keepOnly(profiles),
    close: () => servers.close(),
  };
}
