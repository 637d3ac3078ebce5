import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { type ErrorCode, ERRORS } from '../../errors.ts';
import type { OpenApi, Operation, Parameter, OpenApiResponse } from '../../protocol/openapi.ts';
import { ANSWERED, type AnsweredSchema, TAKEN, type TakenSchema } from './named-schemas.ts';
import { PATH_PARAMS, ROUTE_SCHEMAS, type RouteSchemas } from './route-schemas.ts';
import type { RouteSpec } from './route-spec.ts';
import { routeRows } from './routes.ts';

const DESCRIPTION = `Calls of voice agents: what is known of them, what can be ordered of them, and who answers.

- A parameter of a query that is there but empty reads as absent; one that is not known is not looked at.
- Lists answer \`{items, nextCursor}\`; \`nextCursor\` goes into \`cursor\`, and is null on the last page.
- Every GET is also answered as HEAD, without a body.
- Without an admin token, direct clients on the engine's own machine need none.
- Live calls are told over \`WS /api/live\`; the calls of a browser speak over \`WS /api/softphone/stream\`.`;

const PROBLEM = 'application/problem+json';
const refTo = (name: string) => `#/components/schemas/${name}`;

type NamedSchema = AnsweredSchema | TakenSchema;
type JsonSchema = Readonly<Record<string, unknown>>;

/** Answers are told as they leave the engine, with every default; bodies as they are sent, without. */
const answered = registryOf(ANSWERED);
const taken = registryOf(TAKEN);

function registryOf(schemas: Readonly<Record<string, NamedSchema>>) {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  return registry;
}

interface DescribedRow {
  readonly method: string;
  readonly path: string;
  readonly spec: RouteSpec;
  readonly schemas: RouteSchemas;
}

/**
 * The routes of the table as an OpenAPI 3.1 document, from the schemas by which they are read and answered.
 *
 * @param version - of the engine.
 */
export function openApiDocument(version: string): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const row of describedRows()) {
    const path = row.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [row.method.toLowerCase()]: operationOf(row) };
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Callchart', version, description: DESCRIPTION },
    paths,
    components: {
      schemas: { ...componentsOf(answered, 'output'), ...componentsOf(taken, 'input') },
      securitySchemes: {
        adminToken: { type: 'http', scheme: 'bearer', description: '`ADMIN_TOKEN` of the engine' },
      },
    },
  };
}

function describedRows(): DescribedRow[] {
  const schemasByName: Readonly<Partial<Record<string, RouteSchemas>>> = ROUTE_SCHEMAS;
  return routeRows().flatMap(({ name, method, path, spec }) => {
    const schemas = schemasByName[name];
    return schemas === undefined ? [] : [{ method, path, spec, schemas }];
  });
}

function operationOf(row: DescribedRow): Operation {
  const { path, spec, schemas } = row;
  const { body } = schemas;
  return {
    operationId: operationId(row),
    tags: [tagOf(path)],
    summary: spec.meaning,
    security: spec.guard === 'open' ? [] : [{ adminToken: [] }],
    parameters: [...pathParameters(path), ...queryParameters(schemas), ...headerParameters(schemas)],
    ...(body !== undefined && {
      requestBody: {
        // No body reads as an empty object.
        required: !body.safeParse({}).success,
        content: { 'application/json': { schema: { $ref: refTo(idOf(taken, body)) } } },
      },
    }),
    responses: { ...answersOf(schemas), ...problemsOf(row), default: problem('any other failure') },
  };
}

/** `GET /api/calls/:callSid/transcript` is `getCallsByCallSidTranscript`. */
function operationId({ method, path }: DescribedRow): string {
  const words = path
    .replace(/^\/api/, '')
    .replaceAll('/:', '/by/')
    .split(/\W+/)
    .filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function tagOf(path: string): string {
  const [first = '', second = ''] = path.split(/\W+/).filter((word) => word !== '');
  return first === 'api' ? second : 'health';
}

function pathParameters(path: string): Parameter[] {
  const schemas: Readonly<Partial<Record<string, z.ZodType>>> = PATH_PARAMS;
  return [...path.matchAll(/:(\w+)/g)].flatMap(([, name = '']) => {
    const schema = schemas[name];
    return schema === undefined ? [] : [parameter('path', name, true, schemaIn(schema))];
  });
}

function queryParameters({ query }: RouteSchemas): Parameter[] {
  if (query === undefined) return [];
  const { required = [] } = z.toJSONSchema(query, { io: 'input' });
  const shape: Readonly<Record<string, z.ZodType>> = query.shape;
  return Object.entries(shape).map(([name, schema]) =>
    parameter('query', name, required.includes(name), parameterSchema(schema)),
  );
}

function headerParameters({ headers = {} }: RouteSchemas): Parameter[] {
  return Object.entries(headers).map(([name, schema]) => parameter('header', name, false, schemaIn(schema)));
}

function parameter(
  place: Parameter['in'],
  name: string,
  required: boolean,
  { description, ...schema }: JsonSchema,
): Parameter {
  const told = typeof description === 'string' ? { description } : {};
  return { name, in: place, required, ...told, schema };
}

/** In an address everything is text; what is read as a number is told as one. */
function parameterSchema(schema: z.ZodType): JsonSchema {
  const read = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
  return read.type === 'integer' ? bare(read) : schemaIn(schema);
}

const schemaIn = (schema: z.ZodType): JsonSchema => bare(z.toJSONSchema(schema, { io: 'input' }));

/** Without what it is called where it stands alone. */
function bare(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'));
}

function answersOf({ answers }: RouteSchemas): Record<string, OpenApiResponse> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, what]) => {
      const description = STATUS_CODES[status] ?? status;
      if (what === null) return [status, { description }];
      const content =
        typeof what === 'string'
          ? // Bytes and text have no schema of their own (OpenAPI 3.1.1, 4.8.14.1).
            { [what]: { schema: what.startsWith('text/') ? { type: 'string' } : {} } }
          : { 'application/json': { schema: { $ref: refTo(idOf(answered, what)) } } };
      return [status, { description, content }];
    }),
  );
}

/** The failures of a route by status, each told by the texts of its codes. */
function problemsOf(row: DescribedRow): Record<string, OpenApiResponse> {
  const texts = new Map<number, string[]>();
  for (const code of failuresOf(row)) {
    const { text, ...error }: { text: string; status?: number } = ERRORS[code];
    const status = error.status ?? 500;
    texts.set(status, [...(texts.get(status) ?? []), text]);
  }
  return Object.fromEntries(
    [...texts].map(([status, told]) => [String(status), problem(told.join('; or '))]),
  );
}

function failuresOf({ path, spec, schemas }: DescribedRow): Set<ErrorCode> {
  const { query, headers, body, problems = [] } = schemas;
  const takesAnything = path.includes(':') || (query ?? headers ?? body) !== undefined;
  return new Set<ErrorCode>([
    ...(takesAnything ? (['REQUEST_INVALID'] as const) : []),
    ...(spec.guard === 'open' ? [] : (['UNAUTHORIZED', 'FORBIDDEN', 'RATE_LIMITED'] as const)),
    ...(body === undefined ? [] : (['BODY_TOO_LARGE', 'MEDIA_TYPE_UNSUPPORTED'] as const)),
    ...problems,
  ]);
}

const problem = (description: string): OpenApiResponse => ({
  description,
  content: { [PROBLEM]: { schema: { $ref: refTo('Problem') } } },
});

type Registry = ReturnType<typeof registryOf>;

function idOf(registry: Registry, schema: NamedSchema): string {
  const id = registry.get(schema)?.id;
  if (id === undefined) throw new Error('a schema of a route has no name');
  return id;
}

function componentsOf(registry: Registry, io: 'input' | 'output') {
  const { schemas } = z.toJSONSchema(registry, { io, uri: refTo });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, bare(schema)]));
}
