import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ClientOptions } from 'openapi-fetch';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningEngine } from '../../../src/server.ts';
import { OpenApi } from '../../../src/protocol/openapi.ts';
import { consoleEngine } from '../../support/console-engine.ts';
import { DescribedApi } from '../../support/described-api.ts';

/**
 * A program as somebody writes it who knows the engine by its document only. What it expects to be refused by the
 * compiler stands under a comment that is an error itself, were it not refused.
 */
const PROGRAM = `
import createClient from 'openapi-fetch';
import type { components, paths } from './callchart.ts';

type Call = components['schemas']['CallItem'];
type Fetch = (request: Request) => Promise<Response>;

export async function tour(baseUrl: string, fetch: Fetch) {
  const api = createClient<paths>({ baseUrl, fetch });

  const alive = await api.GET('/healthz');
  const status: 'ok' | undefined = alive.data?.status;

  const opened = await api.POST('/api/softphone', { body: { agentId: 'default' } });
  if (opened.data === undefined) throw new Error(opened.error.title);
  const { callSid } = opened.data;
  const params = { path: { callSid } };

  const detail = await api.GET('/api/calls/{callSid}', { params });
  const commands = detail.data?.commands ?? [];
  const takesHangup: boolean = commands.includes('hangup');

  const list = await api.GET('/api/calls', { params: { query: { limit: 5, tests: 'include' } } });
  const calls: Call[] = list.data?.items ?? [];

  const hungUp = await api.POST('/api/calls/{callSid}/hangup', { params });
  const rows = await api.GET('/api/calls/{callSid}/events', { params: { path: { callSid }, query: { bodies: 'redacted', after: 0 } } });
  const transcript = await api.GET('/api/calls/{callSid}/transcript', { params });
  const latencies = await api.GET('/api/calls/{callSid}/latencies', { params });
  const file = await api.GET('/api/calls/{callSid}/export', { params });
  const recording = await api.GET('/api/calls/{callSid}/recording', { params });

  const written = { $schema: './agent-profile.schema.json', business: { name: 'Willow' }, tools: ['end_call'] };
  const agent = { path: { id: 'willow' } };
  const preview = await api.POST('/api/agents/{id}/preview', { params: agent, body: written });
  const saved = await api.PUT('/api/agents/{id}', { params: agent, body: written });
  const versions = await api.GET('/api/agents/{id}/versions', { params: agent });
  const agents = await api.GET('/api/agents');
  const one = await api.GET('/api/agents/{id}', { params: agent });
  const draft = await api.POST('/api/agents/{id}/draft', { params: agent, body: written });

  const phone = { path: { phone: '+12025550123' } };
  const blocked = await api.PUT('/api/blocked/{phone}', { params: phone });
  const blockedList = await api.GET('/api/blocked');
  const unblocked = await api.DELETE('/api/blocked/{phone}', { params: phone });

  const chart = await api.GET('/api/charts/{machineId}', { params: { path: { machineId: 'call' } } });
  const analytics = await api.GET('/api/analytics', { params: { query: { tests: 'include' } } });
  const takers = await api.GET('/api/analytics/calls', { params: { query: { transition: 'call:a|b|0' } } });
  const audit = await api.GET('/api/audit', { params: { query: { act: 'saveAgent' } } });
  const stored = [await api.GET('/api/leads'), await api.GET('/api/bookings'), await api.GET('/api/messages')];
  const calendar = await api.GET('/api/bookings.ics', { parseAs: 'text' });
  const metrics = await api.GET('/metrics', { parseAs: 'text' });
  const refused = await api.GET('/api/refused-calls');
  const unknown = await api.POST('/api/calls/{callSid}/say', { params: { path: { callSid: 'CA404' } }, body: { text: 'Hello.' } });
  const why: 'NOT_FOUND' | string | undefined = unknown.error?.type;
  const wrong = await api.GET('/api/calls', { params: { query: { number: 'abc' } } });
  const places: string[] = (wrong.error?.errors ?? []).map(({ path }) => path);
  const placed = await api.POST('/api/calls', { body: { to: '+12025550123' }, params: { header: { 'Idempotency-Key': 'one' } } });

  return {
    status, takesHangup, calls, hungUp: hungUp.data, rows: rows.data, transcript: transcript.data, latencies: latencies.data,
    file: file.data?.kind, recording: recording.error?.type, problems: preview.data?.problems, saved: saved.data?.voice,
    versions: versions.data?.items.length, agents: agents.data?.items.map(({ id }) => id), one: one.data?.written,
    draft: draft.data?.draftId, blocked: blocked.data?.phone, blockedList: blockedList.data?.items.length,
    unblocked: unblocked.response.status, chart: chart.data?.machineId, analytics: analytics.data?.tests,
    takers: takers.data?.items, acts: audit.data?.items.map(({ act }) => act), stored: stored.map(({ data }) => data?.items),
    calendar: calendar.data, metrics: metrics.response.status, refused: refused.data?.items, why, places,
    placed: placed.error?.type,
  };
}

export async function mistakes(baseUrl: string) {
  const api = createClient<paths>({ baseUrl });
  // @ts-expect-error -- there is no such route.
  await api.GET('/api/call');
  // @ts-expect-error -- the call is not named.
  await api.GET('/api/calls/{callSid}');
  // @ts-expect-error -- a transition must be named.
  await api.GET('/api/analytics/calls', { params: { query: {} } });
  // @ts-expect-error -- not one of the three.
  await api.GET('/api/calls', { params: { query: { tests: 'some' } } });
  // @ts-expect-error -- nobody is called.
  await api.POST('/api/calls', { body: { agentId: 'default' } });
  // @ts-expect-error -- a list is not deleted.
  await api.DELETE('/api/calls');
  const { data } = await api.GET('/api/leads');
  // @ts-expect-error -- a lead has no such field.
  return data?.items[0]?.surname;
}
`;

/** What the program is compiled with: as strictly as it can be. */
const OPTIONS: ts.CompilerOptions = {
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: true },
  ...{ noEmit: true, allowImportingTsExtensions: true, types: [], lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'] },
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/** Inside the project, where the program finds the client. */
let folder: string;
let engine: RunningEngine;
let document: OpenApi;

beforeAll(async () => {
  folder = mkdtempSync(join('node_modules', '.openapi-client-'));
  engine = await consoleEngine();
  document = OpenApi.parse(await (await fetch(`${engine.url}/api/openapi.json`)).json());
  writeFileSync(
    join(folder, 'callchart.ts'), // What has a default need not be sent.
    astToString(await openapiTS(document as unknown as OpenAPI3, { defaultNonNullable: false })),
  );
  writeFileSync(join(folder, 'program.ts'), PROGRAM);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await engine.close();
});

interface Program {
  readonly tour: (
    baseUrl: string,
    fetch: NonNullable<ClientOptions['fetch']>,
  ) => Promise<Record<string, unknown>>;
}

async function built(): Promise<Program> {
  const { outputText } = ts.transpileModule(PROGRAM, { compilerOptions: { ...OPTIONS, noEmit: false } });
  const file = join(folder, 'program.mjs');
  writeFileSync(file, outputText);
  return (await import(pathToFileURL(file).href)) as Program;
}

test('a client that is generated from the document compiles, and its mistakes do not', () => {
  const program = ts.createProgram([join(folder, 'program.ts')], OPTIONS);
  const found = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
    return `${String(line)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
  expect(found).toEqual([]);
}, 120_000);

test('a client that is generated from the document is answered by an engine as the document says', async () => {
  const api = new DescribedApi(document);
  const seen = new Set<string>();
  const faults: string[] = [];
  const { tour } = await built();
  const told = await tour(engine.url, async (request) => {
    const response = await fetch(request);
    const { status, headers } = response;
    const { pathname, search } = new URL(request.url);
    const target = pathname + search;
    const contentType = headers.get('content-type') ?? undefined;
    const text = await response.clone().text();
    faults.push(...api.faultsOf({ method: request.method, target, status, contentType, text }));
    seen.add(api.operationOf(request.method, target)?.operation.operationId ?? target);
    return response;
  });
  expect(faults).toEqual([]);
  expect(seen.size).toBe(31);
  expect(told).toMatchObject({
    ...{ status: 'ok', takesHangup: true, hungUp: { command: 'hangup' }, file: 'callchart.call' },
    ...{ recording: 'NOT_FOUND', problems: [], saved: 'marin', versions: 1, one: { id: 'willow' } },
    ...{ blocked: '+12025550123', blockedList: 1, unblocked: 204, chart: 'call', analytics: 'include' },
    ...{ takers: [], acts: ['saveAgent'], stored: [[], [], []], metrics: 200, refused: [] },
    ...{ why: 'NOT_FOUND', places: ['number'], placed: 'UNAVAILABLE' },
  });
  expect(told['agents']).toEqual(expect.arrayContaining(['default', 'willow']));
  expect(told['calls']).toMatchObject([{ isTest: true, agentId: 'default' }]);
});
