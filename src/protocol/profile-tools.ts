/**
 * The tools that a profile brings along itself: HTTP requests (webhooks) and the
 * tools of MCP servers. Secrets never stand in a profile: it names the
 * environment variable that holds one. What is sent is written down in
 * `docs/guide/webhook-tools.md` and `docs/guide/mcp-tools.md`.
 */

import { z } from 'zod';

/** The longest name of a function that a session accepts, in characters. */
export const MAX_TOOL_NAME = 64;

const EnvironmentName = z
  .string()
  .regex(/^TOOL_[A-Z0-9_]{1,100}$/, 'must be the name of an environment variable that begins with TOOL_')
  .meta({ title: 'variable TOOL_…' });

const HttpUrl = z
  .string()
  .max(2000)
  .refine((text) => URL.canParse(text), 'must be a URL')
  .refine((text) => {
    if (!URL.canParse(text)) return true;
    const { protocol, username, password, hash } = new URL(text);
    return /^https?:$/.test(protocol) && `${username}${password}${hash}` === '';
  }, 'must be an https:// URL without a user name and without a fragment')
  .meta({ title: 'https:// URL' });

/** What stands between the model and the effect. Where a word is left out, the careful choice is taken. */
const WrittenPolicy = z.strictObject({
  kind: z
    .enum(['reads', 'effect'])
    .describe('`reads` run side by side; an `effect` waits for the one before it'),
  once: z
    .enum(['call', 'arguments', 'none'])
    .optional()
    .describe('which requests of a call mean the same and are done once'),
  outlivesCall: z.boolean().optional().describe('whether it goes on when the caller hangs up'),
  needsReadBack: z.boolean().optional().describe('whether the caller must hear the details and say yes'),
});

/** JSON Schema of an object. That it can be read is checked where tools are made. */
const ArgumentSchema = z
  .record(z.string(), z.unknown())
  .refine((schema) => schema['type'] === 'object', 'must be the schema of an object: "type": "object"')
  .meta({ title: 'JSON Schema of an object' });

export const Webhook = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z_]{1,64}$/, 'must be 1 to 64 of a-z and _')
    .describe('as the model calls it, and as `tools` names it'),
  description: z
    .string()
    .min(1)
    .max(1024)
    .describe('for the model: when to use it, what to ask the caller first'),
  url: HttpUrl.describe('where the request goes'),
  method: z
    .enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
    .default('POST')
    .describe('GET and DELETE carry the arguments in the query, the others in a JSON body'),
  arguments: ArgumentSchema.default({ type: 'object', properties: {}, additionalProperties: false }).describe(
    'what the model may pass',
  ),
  policy: WrittenPolicy.optional().describe('by default GET reads and everything else is an effect'),
  secret: EnvironmentName.optional().describe('holds the secret that requests are signed with'),
  timeoutMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(5000)
    .meta({ title: 'milliseconds' })
    .describe('longest that the answer may take'),
});

const ServerName = z
  .string()
  .regex(/^[a-z][a-z0-9]{0,19}$/, 'must be 1 to 20 of a-z and 0-9, a letter first')
  .describe('its tools are named `<name>_<tool>`');

/** How the engine sees tools of a server differently from what the server says of them. */
const Policies = z
  .record(z.string(), WrittenPolicy)
  .default({})
  .describe("policies by the server's own names of its tools");

const McpHttpServer = z.strictObject({
  name: ServerName,
  url: HttpUrl.describe('its streamable HTTP endpoint'),
  bearer: EnvironmentName.optional().describe('holds the token for `Authorization: Bearer`'),
  policies: Policies,
});

const McpStdioServer = z.strictObject({
  name: ServerName,
  command: z.string().min(1).max(1000).describe('a program that speaks MCP on stdin and stdout'),
  args: z.array(z.string()).max(100).default([]).describe('its arguments'),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), EnvironmentName)
    .default({})
    .describe("variables of the program, each with the engine's variable that holds its value"),
  policies: Policies,
});

export const McpServer = z.union([McpHttpServer, McpStdioServer]);

export type Webhook = z.infer<typeof Webhook>;
export type McpServer = z.infer<typeof McpServer>;

/** What the names of a server's tools begin with. */
export const prefixOf = ({ name }: Pick<McpServer, 'name'>): string => `${name}_`;
