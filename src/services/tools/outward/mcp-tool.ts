import { MAX_TOOL_NAME, type McpServer, prefixOf } from '../../../protocol/profile-tools.ts';
import type { RunContext, Tool } from '../define-tool.ts';
import { jsonSchemaTool } from './json-schema-tool.ts';
import type { ListedTool } from './mcp-client.ts';
import type { Fields, ToolAnswer } from '../tool-answer.ts';
import { policyOf } from '../tool-policy.ts';

/** Asks a tool of a server, by the server's own name of it. */
export type AskServer = (
  tool: string,
  request: { readonly args: Fields; readonly context: RunContext; readonly isEffect: boolean },
) => Promise<ToolAnswer>;

/** What a server has for a call. */
export interface McpTools {
  readonly tools: readonly Tool[];
  /** Tools that cannot be offered, each with the reason. */
  readonly leftOut: readonly string[];
}

const MAX_DESCRIPTION = 1024;
/** A server with more tools is not for a telephone call. */
const MAX_TOOLS = 256;
/** What is said about tools of a server: so many of them, each with so much of its name. */
const MAX_LEFT_OUT = 20;
const MAX_SHOWN_NAME = 100;
/** What a text for the model has no use for, and what could hide something from an operator who reads it. */
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;

/** The name under which the model knows a tool of a server: `crm_find_customer`, at most 64 of a-z, A-Z, 0-9, _ and -. */
export function offeredName(server: Pick<McpServer, 'name'>, tool: string): string {
  return `${prefixOf(server)}${tool.replaceAll(/[^\w-]/g, '_')}`.slice(0, MAX_TOOL_NAME);
}

/**
 * The tools of a server as the model is offered them.
 *
 * A tool is an effect unless the server says that it only reads; an effect is
 * read back to the caller unless the server says that it destroys nothing. The
 * profile's `policies` have the last word.
 */
export function offeredTools(server: McpServer, listed: readonly ListedTool[], ask: AskServer): McpTools {
  const tools = new Map<string, Tool>();
  const leftOut: string[] = [];
  const leaveOut = (name: string, why: string) => {
    if (leftOut.length < MAX_LEFT_OUT)
      leftOut.push(`${name.slice(0, MAX_SHOWN_NAME).replaceAll(INVISIBLE, ' ')}: ${why}`);
  };
  for (const { name, description, inputSchema, annotations, execution } of listed.slice(0, MAX_TOOLS)) {
    const offered = offeredName(server, name);
    if (tools.has(offered)) {
      leaveOut(name, `another tool is named ${offered} already`);
      continue;
    }
    if (execution?.taskSupport === 'required') {
      leaveOut(name, 'runs as a task only');
      continue;
    }
    const kind = annotations?.readOnlyHint === true ? 'reads' : 'effect';
    const careful = {
      kind,
      needsReadBack: kind === 'effect' && annotations?.destructiveHint !== false,
    } as const;
    const policy = policyOf(server.policies[name] ?? careful);
    const tool = jsonSchemaTool({
      name: offered,
      description: (description ?? name).replaceAll(INVISIBLE, ' ').slice(0, MAX_DESCRIPTION),
      policy,
      parameters: inputSchema,
      run: (args, context) => ask(name, { args, context, isEffect: policy.kind === 'effect' }),
    });
    if ('problem' in tool) leaveOut(name, `its arguments cannot be checked: ${tool.problem}`);
    else tools.set(offered, tool);
  }
  for (const { name } of listed.slice(MAX_TOOLS))
    leaveOut(name, `the server has more than ${String(MAX_TOOLS)} tools`);
  return { tools: [...tools.values()], leftOut };
}
