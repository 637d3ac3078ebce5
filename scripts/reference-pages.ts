/**
 * The pages of docs/reference, and `.env.example`, as the code says they are.
 * Each comes from one table or schema of src; none is edited by hand.
 */
import { format, resolveConfig } from 'prettier';
import { ERRORS } from '../src/errors.ts';
import { agentProfileSchema } from '../src/protocol/agent-profile-schema.ts';
import { NO_VERSION } from '../src/services/http/openapi-api.ts';
import { openApiDocument } from '../src/services/http/openapi-document.ts';
import { routeRows } from '../src/services/http/routes.ts';
import { TWILIO_ROUTES } from '../src/services/twilio/webhooks/twilio-routes.ts';
import { WRITE_LIMITS } from '../src/services/http/write-limits.ts';
import { REFUSAL_CAUSES } from '../src/protocol/refusal-causes.ts';
import {
  COUNTERS,
  GAUGES,
  LATENCIES,
  type MetricRow,
  SUPERVISION,
} from '../src/services/telemetry/metric-rows.ts';
import { type Setting, SETTINGS } from '../src/settings.ts';
import { code, page, table } from './support/page-parts.ts';
import { performancePage } from './performance-page.ts';
import { wiresPage } from './wires-page.ts';

/** Path to text, for every generated file. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const pages: [path: string, text: string][] = [
    ['docs/reference/config.md', configPage()],
    ['docs/reference/errors.md', errorsPage()],
    ['docs/reference/rest.md', restPage()],
    ['docs/reference/metrics.md', metricsPage()],
    ['docs/reference/agent-profile.md', agentProfilePage()],
    ['docs/reference/wires.md', wiresPage()],
    ['docs/reference/performance.md', performancePage()],
  ];
  const style = await resolveConfig('docs/reference/config.md');
  const written = pages.map(async ([path, text]): Promise<[string, string]> => {
    return [path, await format(text, { ...style, parser: 'markdown' })];
  });
  const schema = await format(JSON.stringify(agentProfileSchema()), { ...style, parser: 'json' });
  return new Map([
    ...(await Promise.all(written)),
    ['.env.example', envExample()],
    ['assets/agent-profile.schema.json', schema],
    ['assets/openapi.json', `${JSON.stringify(openApiDocument(NO_VERSION), null, 1)}\n`],
  ]);
}

const settings = Object.entries<Setting>(SETTINGS);

function configPage(): string {
  return page(
    'Configuration',
    `Settings are environment variables, read once at start and checked together: a bad
environment prints every problem with the variable's name, and the engine exits with 1.
\`.env\` of the working directory is loaded; variables that are set already win. An empty
variable counts as absent.`,
    table(
      ['variable', 'type', 'default', 'meaning'],
      settings.map(([name, { type, fallback, absent, meaning }]) => [
        code(name),
        type,
        fallback === undefined ? (absent ?? '') : code(fallback),
        meaning,
      ]),
    ),
    'With `NODE_ENV=production` the engine also refuses to start while `NODE_TLS_REJECT_UNAUTHORIZED` is `0`.',
    `Variables whose names begin with \`TOOL_\` hold the secrets of tools: a [profile](agent-profile.md) names the
variable, never the value.`,
  );
}

function envExample(): string {
  const rows = settings.map(([name, { type, fallback, absent, meaning }]) => {
    const what = `# ${meaning.replaceAll('`', '')}`;
    const how = `# ${type.replaceAll('`', '')}; default: ${(fallback ?? absent ?? 'none').replaceAll('`', '')}`;
    return `${what}\n${how}\n${name}=${fallback ?? ''}\n`;
  });
  return ['# Copy to .env and fill in what you need; an empty variable counts as absent.\n', ...rows].join(
    '\n',
  );
}

function errorsPage(): string {
  const rows = Object.entries<{
    fault: string;
    retryable: boolean;
    text: string;
    status?: number;
    close?: number;
  }>(ERRORS).map(([name, { fault, retryable, text, status, close }]) => [
    code(name),
    fault,
    retryable ? 'yes' : 'no',
    status === undefined ? '' : String(status),
    close === undefined ? '' : String(close),
    text,
  ]);
  return page(
    'Errors',
    `Every way the engine can fail. \`fault\` says whose hands the remedy is in; \`retryable\` whether
trying again can help. HTTP problems (RFC 9457) carry the code as \`type\`; WebSockets close with
the code in the fifth column.`,
    table(['code', 'fault', 'retryable', 'HTTP', 'close', 'meaning'], rows),
  );
}

const GUARDS = { open: 'none', admin: 'token', carrier: 'signature' };

function restPage(): string {
  return page(
    'HTTP routes',
    `Guards: **token** is \`Authorization: Bearer ADMIN_TOKEN\`, or a direct client on the same machine when
no token is set; **signature** is \`X-Twilio-Signature\`, or the same machine when no auth token is set.`,
    `\`GET /api/openapi.json\` tells the routes for clients of yours with their schemas, as OpenAPI 3.1: what a
generator makes a client from, as in \`npx openapi-typescript openapi.json --default-non-nullable=false -o callchart.ts\`:
without the flag its types ask for every field that has a default.`,
    table(
      ['route', 'guard', 'limit', 'takes', 'answers', 'meaning'],
      [...routeRows(TWILIO_ROUTES.specs), ...routeRows()].map(({ name, spec }) => [
        code(name),
        GUARDS[spec.guard],
        spec.limit ?? '',
        spec.takes,
        spec.answers,
        spec.meaning,
      ]),
    ),
    `Errors are \`application/problem+json\` with \`type\` (a code of [errors.md](errors.md)), \`title\`, \`status\`
and, where there is more to say, \`detail\`, \`errors\` (\`[{path, message}]\`), \`state\` (with \`CONFLICT\`) or
\`id\` (under which the log says more). An unsigned webhook is answered 403 with an empty body.`,
    `Lists take \`limit\` and \`cursor\`, and answer \`{items, nextCursor}\`; \`nextCursor\` is null on the last page.
Bodies are JSON of at most 64 KB where nothing else is said. \`POST /api/calls\` answers 503 while no
Twilio account is configured.`,
    `What writes or costs can be asked for so often in a minute, by all operators together: ${Object.entries(
      WRITE_LIMITS,
    )
      .map(([name, max]) => `${name} ${String(max)}`)
      .join(
        ', ',
      )}. Past it the answer is 429 with \`Retry-After\`. \`MAX_PLACED_CALLS_PER_MINUTE\` sets that of placing.`,
    'The `cause` of a call that was not taken:',
    table(
      ['cause', 'meaning'],
      Object.entries(REFUSAL_CAUSES).map(([name, meaning]) => [code(name), meaning]),
    ),
    'The media stream of a call is `WS /twilio/media`: its messages, and the fields of the webhooks, are told in [wires.md](wires.md).',
  );
}

function metricsPage(): string {
  const rows = (kind: string, metrics: readonly MetricRow[]) =>
    metrics.map(({ name, help, labels }) => [code(name), kind, labels.map(code).join(', '), help]);
  return page(
    'Metrics',
    `\`GET /metrics\` answers in Prometheus's text format: these, and those of Node.js that
[prom-client](https://github.com/siimon/prom-client) collects. Labels come from closed lists: never a call SID,
a number, or a word that was said. \`cause\` of a fault is a code of [errors.md](errors.md), that of a refused
call is told in [rest.md](rest.md). Where there are several workers each answers with what all of them come to.`,
    table(
      ['metric', 'kind', 'labels', 'meaning'],
      [
        ...rows('counter', [...Object.values(COUNTERS), SUPERVISION.workersLost]),
        ...rows('gauge', [...Object.values(GAUGES), SUPERVISION.workers]),
        ...rows('histogram, seconds', Object.values(LATENCIES)),
      ],
    ),
  );
}

function agentProfilePage(): string {
  const schema = agentProfileSchema() as JsonSchema;
  return page(
    'Agent profiles',
    `One JSON file in \`AGENTS_DIR\` for each agent. A word that is not listed here is a mistake: a bad file
stops the start with its path and every problem. A call takes the profile whose \`phoneNumbers\` holds the
number called, else that of \`default.json\`.`,
    `Editors complete and check a profile by its JSON Schema, which comes with the package and which
\`callchart doctor --json-schema\` prints. The profile names it in its first line:`,
    '```json\n"$schema": "../node_modules/callchart/assets/agent-profile.schema.json",\n```',
    `It stands for nothing in the engine, and the console does not keep it. Time zones, tools and whatever one field
says of another are known to the engine alone: \`callchart doctor\` checks every profile whole.`,
    table(['field', 'type', 'default', 'meaning'], fieldRows(schema, '')),
  );
}

/** The part of JSON Schema that zod writes for a profile. */
interface JsonSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
}

/** @param parent - the optional object that the fields are in, when there is one. */
function fieldRows(
  { properties = {}, required = [] }: JsonSchema,
  prefix: string,
  parent?: string,
): string[][] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const isRequired = required.includes(name);
    const optional = isRequired ? parent : path;
    if (field.properties !== undefined) return fieldRows(field, `${path}.`, optional);
    if (field.oneOf !== undefined) {
      return field.oneOf.flatMap((branch) => fieldRows(branch, `${path}.`, optional));
    }
    const needed = parent === undefined ? '**required**' : `needed in ${code(parent)}`;
    const standard = field.default === undefined ? '' : code(JSON.stringify(field.default));
    const row = [code(path), typeOf(field), isRequired ? needed : standard, field.description ?? ''];
    return [row, ...rowsOfItems(field, path)];
  });
}

/** The fields of what a list holds, where all that it holds are objects. */
function rowsOfItems({ items }: JsonSchema, path: string): string[][] {
  const kinds = items?.anyOf ?? (items === undefined ? [] : [items]);
  if (!kinds.every(({ properties }) => properties !== undefined)) return [];
  return kinds.flatMap((kind) => fieldRows(kind, `${path}[].`, `${path}[]`));
}

function typeOf(field: JsonSchema): string {
  if (field.const !== undefined) return code(JSON.stringify(field.const));
  if (field.enum !== undefined) return field.enum.map((value) => code(JSON.stringify(value))).join(', ');
  if (field.anyOf !== undefined) return field.anyOf.map(typeOf).join(' or ');
  if (field.items !== undefined) return `list of ${typeOf(field.items)}`;
  if (field.properties !== undefined) return code(`{${Object.keys(field.properties).join(', ')}}`);
  const name = field.title ?? (field.type === 'string' ? 'text' : (field.type ?? 'anything'));
  const { minimum, maximum } = field;
  return minimum === undefined || maximum === undefined
    ? name
    : `${name}, ${String(minimum)} to ${String(maximum)}`;
}
