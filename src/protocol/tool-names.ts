/** Whether the tools that a profile names are there, and whether those that it brings along have names of their own. */

import type { FieldProblem } from './field-problem.ts';
import { didYouMean } from './nearest-word.ts';
import { MAX_TOOL_NAME, type McpServer, prefixOf, type Webhook } from './profile-tools.ts';

interface NamedTools {
  readonly tools: readonly string[];
  readonly webhooks: readonly Pick<Webhook, 'name'>[];
  readonly mcpServers: readonly Pick<McpServer, 'name'>[];
}

/**
 * What is wrong with a profile's tools, by their names alone. Which tools an MCP server has is known only when it
 * answers, so a name that begins with a server's prefix passes here.
 *
 * @param knownTools - the tools that the engine has.
 */
export function toolNameProblems(profile: NamedTools, knownTools: ReadonlySet<string>): FieldProblem[] {
  const webhooks = new Set(profile.webhooks.map(({ name }) => name));
  const serverOf = (name: string) => profile.mcpServers.find((server) => name.startsWith(prefixOf(server)));

  const unknown = profile.tools.flatMap((name, index) => {
    const path = `tools.${String(index)}`;
    if (knownTools.has(name) || webhooks.has(name)) return [];
    if (serverOf(name) === undefined) {
      const meant = didYouMean(name, [...knownTools, ...webhooks]);
      return [{ path, message: `there is no tool ${JSON.stringify(name)}${meant}` }];
    }
    return name.length <= MAX_TOOL_NAME
      ? []
      : [{ path, message: `is longer than ${String(MAX_TOOL_NAME)} characters` }];
  });

  const taken = profile.webhooks.flatMap(({ name }, index) => {
    const path = `webhooks.${String(index)}.name`;
    if (knownTools.has(name)) return [{ path, message: `the engine has a tool ${name} already` }];
    const server = serverOf(name);
    return server === undefined
      ? []
      : [{ path, message: `begins as the tools of the MCP server ${server.name} do` }];
  });

  return [...unknown, ...taken];
}
