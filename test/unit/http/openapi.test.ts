import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { validate } from '@readme/openapi-parser';
import type { OpenAPIV3_1 } from 'openapi-types';
import { afterEach, describe, expect, test } from 'vitest';
import { OpenApi } from '../../../src/protocol/openapi.ts';
import { NO_VERSION, openapiApi } from '../../../src/services/http/openapi-api.ts';
import { openApiDocument } from '../../../src/services/http/openapi-document.ts';
import { ROUTE_SCHEMAS } from '../../../src/services/http/route-schemas.ts';
import { routeRows } from '../../../src/services/http/routes.ts';
import { packageVersion } from '../../../src/version.ts';
import { DescribedApi } from '../../support/described-api.ts';
import { CALL_SID, HttpHouse } from '../../support/http.ts';
import { shortCall, storeJournal } from '../../support/stored-calls.ts';

let house: HttpHouse;
const open = async (...settings: ConstructorParameters<typeof HttpHouse>) => {
  house = await new HttpHouse(...settings).open();
  return house;
};
afterEach(() => house.close());

/** The document as a client reads it. */
const told = async () => OpenApi.parse((await house.api('/api/openapi.json')).json);

/** An address of a path of the document. */
const addressOf = (path: string) =>
  path
    .replace('{callSid}', CALL_SID)
    .replace('{phone}', '%2B12025550123')
    .replaceAll(/\{\w+\}/g, 'call');

/** Every operation of a document, by method and path. */
const operationsOf = ({ paths }: OpenApi) =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );

describe('the OpenAPI document', () => {
  test('the OpenAPI document is told to operators only', async () => {
    await open();
    expect((await house.ask('/api/openapi.json')).status).toBe(401);
    expect(await house.api('/api/openapi.json')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    });
  });

  test('the OpenAPI document is what the schemas of today come to, with the version of the engine', async () => {
    await open();
    expect(await told(), 'assets/openapi.json is old: npm run docs:write').toEqual(
      JSON.parse(JSON.stringify(openApiDocument(packageVersion()))),
    );
  });

  test('the OpenAPI document is read at the start, and no request makes or reads it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
    const file = join(folder, 'openapi.json');
    writeFileSync(file, JSON.stringify({ info: { version: NO_VERSION }, paths: {} }));
    const handlers = openapiApi(pathToFileURL(file));
    rmSync(folder, { recursive: true });
    expect(handlers['GET /api/openapi.json']()).toEqual({
      status: 200,
      type: 'application/json',
      text: JSON.stringify({ info: { version: packageVersion() }, paths: {} }),
    });
  });

  test('the OpenAPI document is valid OpenAPI 3.1, by a validator of others', async () => {
    await open();
    const document = await told();
    expect(await validate(structuredClone(document) as unknown as OpenAPIV3_1.Document)).toMatchObject({
      valid: true,
      warnings: [],
    });
    const broken = { ...document, paths: { '/api/calls': { get: { responses: 7 } } } };
    expect(await validate(broken as unknown as OpenAPIV3_1.Document)).toMatchObject({ valid: false });
  });

  test('the OpenAPI document has only schemas that a strict reader of JSON Schema 2020-12 knows', async () => {
    await open();
    const document = await told();
    const api = new DescribedApi(document);
    const names = Object.keys(document.components.schemas);
    expect(names.length).toBeGreaterThan(40);
    for (const name of names) expect(api.schema(name), name).toBeTypeOf('function');
  });

  test('the OpenAPI document lists exactly the routes that are served', async () => {
    await open();
    const document = await told();
    const listed = operationsOf(document).map(({ method, path }) => `${method} ${path}`);
    const ours = routeRows().filter(({ spec }) => spec.guard !== 'carrier');
    expect(listed.sort()).toEqual(
      ours.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`).sort(),
    );
    for (const [path, operations] of Object.entries(document.paths)) {
      const { headers } = await house.api(addressOf(path), { method: 'OPTIONS' });
      const allowed = (headers.allow ?? '').split(', ').filter((method) => method !== 'HEAD');
      expect([path, allowed.sort()]).toEqual([
        path,
        Object.keys(operations)
          .map((method) => method.toUpperCase())
          .sort(),
      ]);
    }
  });

  test('the OpenAPI document gives each operation a name of its own', async () => {
    await open();
    const names = operationsOf(await told()).map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('getCallsByCallSidRecordingPeaks');
  });

  test('the OpenAPI document says in words what each parameter is', async () => {
    await open();
    const silent = operationsOf(await told()).flatMap(({ path, operation }) =>
      operation.parameters.flatMap(({ name, description = '' }) =>
        description === '' ? [`${path} ${name}`] : [],
      ),
    );
    expect(silent).toEqual([]);
  });

  test('the OpenAPI document asks for a token where the engine does', async () => {
    await open();
    for (const { method, path, operation } of operationsOf(await told())) {
      const { status } = await house.ask(addressOf(path), { method });
      expect([path, status === 401]).toEqual([path, operation.security.length > 0]);
    }
  });

  test('the OpenAPI document does not compile without the schemas of each route', () => {
    const { 'GET /api/audit': audit, ...rest } = ROUTE_SCHEMAS;
    // @ts-expect-error -- GET /api/audit is missing.
    const without: typeof ROUTE_SCHEMAS = rest;
    const bodiless: typeof ROUTE_SCHEMAS = {
      ...ROUTE_SCHEMAS,
      // @ts-expect-error -- a route that takes JSON says which.
      'PUT /api/agents/:id': { answers: { 200: ROUTE_SCHEMAS['PUT /api/agents/:id'].answers[200] ?? null } },
    };
    expect({ ...without, 'GET /api/audit': audit }).toEqual({
      ...bodiless,
      'PUT /api/agents/:id': ROUTE_SCHEMAS['PUT /api/agents/:id'],
    });
  });
});

/** A value that a parameter of the document does not allow. */
function wrongValue({ schema, name }: OpenApiParameter): string | undefined {
  if (schema['type'] === 'integer' || schema['pattern'] !== undefined || schema['enum'] !== undefined)
    return '!';
  if (Array.isArray(schema['anyOf'])) return '!';
  if (typeof schema['maxLength'] === 'number') return 'x'.repeat(schema['maxLength'] + 1);
  throw new Error(`no wrong value is known for ${name}`);
}
type OpenApiParameter = OpenApi['paths'][string][string]['parameters'][number];

describe('what the document says of requests', () => {
  test('what the document says of queries is what the engine reads', async () => {
    const { journal } = storeJournal();
    journal.record(CALL_SID, shortCall(CALL_SID));
    await open({ journal });
    const asked = operationsOf(await told()).flatMap(({ path, operation }) =>
      operation.parameters.filter((each) => each.in === 'query').map((each) => ({ path, each })),
    );
    expect(asked.length).toBeGreaterThan(30);
    for (const { path, each } of asked) {
      const value = encodeURIComponent(wrongValue(each) ?? '');
      const rest = path === '/api/analytics/calls' && each.name !== 'transition' ? 'transition=a&' : '';
      const reply = await house.api(`${addressOf(path)}?${rest}${each.name}=${value}`);
      expect([path, reply.status, reply.json]).toMatchObject([path, 400, { errors: [{ path: each.name }] }]);
    }
  });

  test('what the document says must be in a query is missed by the engine', async () => {
    await open();
    house.journal.answers = {
      findCalls: { items: [], nextCursor: null },
      ...{ leads: { items: [], nextCursor: null }, bookings: { items: [], nextCursor: null } },
      ...{ messages: { items: [], nextCursor: null }, audit: { items: [], nextCursor: null } },
      ...{ blockedNumbers: { items: [], nextCursor: null }, refusedCalls: { items: [], nextCursor: null } },
    };
    for (const { path, operation } of operationsOf(await told())) {
      const isList = operation.parameters.some(({ name }) => name === 'limit');
      if (!isList) continue;
      const must = operation.parameters.filter((each) => each.in === 'query' && each.required);
      expect([path, (await house.api(path)).status]).toEqual([path, must.length === 0 ? 200 : 400]);
    }
  });

  test('what the document says of bodies is what the engine reads', async () => {
    await open();
    const taking = operationsOf(await told()).filter(({ operation }) => operation.requestBody !== undefined);
    expect(taking.length).toBeGreaterThan(10);
    for (const { method, path, operation } of taking) {
      const { $ref } = operation.requestBody?.content['application/json']?.schema ?? {};
      const isValid = new DescribedApi().schema(String($ref).split('/').at(-1) ?? '');
      const isAgent = path.startsWith('/api/agents/');
      for (const body of [{ unheardOf: 1 }, {}, [], { text: 'Hello.' }, { muted: true }, { paused: false }]) {
        // Profiles are the store's to judge, which is a stand-in here.
        if (isAgent && !Array.isArray(body)) continue;
        const reply = await house.send(method, addressOf(path), body);
        expect([path, body, reply.status === 400]).toEqual([path, body, !isValid(body)]);
      }
    }
  });
});
