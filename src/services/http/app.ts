import type { IncomingMessage, RequestListener } from 'node:http';
import { pipeline } from 'node:stream';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import type { Clock } from '../../clock.ts';
import type { ErrorCode } from '../../errors.ts';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
import type { FormFields } from '../../protocol/form-fields.ts';
import type { AgentDrafts } from '../agents/agent-drafts.ts';
import type { Charts } from '../../charts/drawn-charts.ts';
import type { Erasures } from '../erasing/erasures.ts';
import type { Log } from '../../log.ts';
import type { Journal } from '../storage/journal.port.ts';
import { type AgentStore, agentsApi } from './agents-api.ts';
import { analyticsApi } from './analytics-api.ts';
import type { Answer } from './answer.ts';
import { auditApi } from './audit-api.ts';
import { auditedAnswers, type AuditParts } from './audited-acts.ts';
import { blockedApi } from './blocked-api.ts';
import { callExport } from './call-export.ts';
import { callersApi } from './callers-api.ts';
import { callsApi } from './calls-api.ts';
import type { CarrierRoutes } from './carrier-routes.port.ts';
import { commandsApi } from './commands-api.ts';
import type { Desk, Outbound } from '../desk/desk.ts';
import { DiskTrial } from './disk-trial.ts';
import type { Credential, Guard } from './guard.ts';
import { type Exposition, health } from './health.ts';
import { openapiApi } from './openapi-api.ts';
import { codeOf, failureOf, RequestProblem } from './problems.ts';
import { hasBody, mediaTypeOf, parseForm, parseJson } from './request-body.ts';
import {
  type Handler,
  MAX_BODY_BYTES,
  MAX_PROFILE_BYTES,
  type RouteName,
  type RouteRequest,
  routeRows,
} from './routes.ts';
import type { RouteSpec } from './route-spec.ts';
import { type RecordingStore, recordingsApi } from './recordings-api.ts';
import { securityHeaders } from './security-headers.ts';
import { softphoneApi } from './softphone-api.ts';
import { storedApi } from './stored-api.ts';
import { WriteLimits } from './write-limits.ts';

export interface HttpDeps {
  readonly publicUrl: string;
  readonly guard: Guard;
  readonly carrier: CarrierRoutes;
  readonly desk: Desk;
  /** Open: the model refuses this engine. */
  readonly circuit: { readonly isOpen: boolean };
  readonly outbound: Outbound;
  readonly journal: Journal;
  readonly erasures: Pick<Erasures, 'caller' | 'call'>;
  /** Where operators' acts are written down, and how it is known from where they came. */
  readonly audit: AuditParts;
  /** Undefined: nothing is recorded here. */
  readonly recordings?: RecordingStore | undefined;
  readonly agents: AgentStore;
  readonly charts: Charts;
  readonly drafts: AgentDrafts;
  /** What the model is told, for a profile. */
  readonly instructionsFor: (profile: AgentProfile) => string;
  /** Says a sentence in the built-in voice: mu-law at 8000 Hz. */
  readonly speak: (text: string) => Promise<Uint8Array>;
  /** Requests for an outbound call; null for no limit. */
  readonly placedPerMinute: number | null;
  /** Given what is counted here, where other processes count, too. */
  readonly shareLimits?: ((limits: WriteLimits) => void) | undefined;
  readonly metrics: () => Promise<Exposition>;
  /** Counts a failure by its code. */
  readonly countFault: (cause: ErrorCode) => void;
  /** The console's page and its files; what it does not know it passes on. */
  readonly console: RequestHandler | undefined;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Everything the engine answers over HTTP, as one listener. In order: headers,
 * who asks, what route, what method, what body; then the route.
 */
export function createHttp(deps: HttpDeps): RequestListener {
  const { guard, carrier, publicUrl, log } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // Call data is not cached, so nothing asks for one.
  app.set('query parser', false); // Queries are read by schema, from the URL as sent.
  app.enable('case sensitive routing');
  app.enable('strict routing');

  app.use(securityHeaders(publicUrl));
  app.use(carrier.prefix, bodyText(MAX_BODY_BYTES), (request, _response, next) => {
    guard.webhook(request, request.originalUrl, formOf(request));
    next();
  });
  app.use(['/api', '/metrics'], (request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    // A preflight carries no token. It is answered without a grant, which forbids the request it asks for.
    if (request.method !== 'OPTIONS') localsOf(response).who = guard.admin(request);
    next();
  });

  const limits = new WriteLimits(deps.clock, { placing: deps.placedPerMinute });
  deps.shareLimits?.(limits);
  for (const [path, methods] of routesByPath(deps)) {
    app.all(path, ...dispatch(methods, limits, deps));
  }

  if (deps.console !== undefined) {
    app.use((request, _response, next) => {
      guard.page(request);
      next();
    }, deps.console);
  }
  app.use(() => {
    throw new RequestProblem('NOT_FOUND');
  });

  const onError: ErrorRequestHandler = (thrown: unknown, request: Request, response: Response, next) => {
    const { answer, code, id } = failureOf(thrown);
    if (id !== undefined) log.error({ id, method: request.method, ...traceOf(thrown) }, 'request failed');
    if (id !== undefined || code === 'SIGNATURE_INVALID') deps.countFault(code);
    if (response.headersSent) {
      response.destroy(); // Half an answer must not look like a whole one.
      next(); // Without the error, which Express would print with its message.
      return;
    }
    // Whoever cannot sign is not the carrier, and is told nothing.
    write(response, code === 'SIGNATURE_INVALID' ? { ...answer, text: '' } : answer);
  };
  app.use(onError);
  return app;
}

/** Every route of the engine's own table has a handler; undefined takes it off the server. */
function ownHandlers(deps: HttpDeps): Record<RouteName, Handler | undefined> {
  const { desk, journal, outbound, agents, charts, drafts, instructionsFor, speak, metrics } = deps;
  const { circuit, clock, erasures } = deps;
  return {
    ...health({ desk, disk: new DiskTrial({ journal, clock }), circuit, metrics }),
    ...openapiApi(),
    ...callsApi({ desk, circuit, journal, outbound, charts, erasures }),
    ...callExport({ journal, charts, clock }),
    ...analyticsApi({ journal, charts }),
    ...auditApi({ journal }),
    ...commandsApi({ desk, journal }),
    ...storedApi({ journal, clock }),
    ...callersApi({ erasures }),
    ...blockedApi({ journal, clock }),
    ...recordingsApi({ recordings: deps.recordings }),
    ...agentsApi({ agents, drafts, instructionsFor }),
    ...softphoneApi({ desk, agents, drafts, speak }),
  };
}

function carrierHandlers({ carrier, desk, publicUrl, countFault, log }: HttpDeps) {
  const report = (thrown: unknown) => {
    countFault(codeOf(thrown));
    log.error(traceOf(thrown), 'webhook of a new call failed');
  };
  return carrier.handlersOf({ desk, publicUrl, report });
}

interface MountedRoute {
  readonly name: string;
  readonly spec: RouteSpec;
  readonly handler: Handler;
}

/** Path to method to route. */
function routesByPath(deps: HttpDeps) {
  const handlers: Readonly<Record<string, Handler | undefined>> = {
    ...carrierHandlers(deps),
    ...ownHandlers(deps),
  };
  const paths = new Map<string, Map<string, MountedRoute>>();
  for (const { name, method, path, spec } of [...routeRows(deps.carrier.specs), ...routeRows()]) {
    const handler = handlers[name];
    if (handler === undefined) continue;
    const methods = paths.get(path) ?? new Map<string, MountedRoute>();
    paths.set(path, methods.set(method, { name, spec, handler }));
  }
  return paths;
}

/** The way of a request through one path, after the guard: its method, its content type, its limit, its body, its handler. */
function dispatch(
  methods: ReadonlyMap<string, MountedRoute>,
  limits: WriteLimits,
  { log, clock, audit }: HttpDeps,
): RequestHandler[] {
  const audited = auditedAnswers(audit);
  const allowed = [...methods.keys()].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  const allow = allowed.join(', ');
  const isProfile = [...methods.values()].some(({ name, spec }) => takesProfile(name, spec));

  const routeOf = (request: Request) => {
    const route = methods.get(request.method === 'HEAD' ? 'GET' : request.method);
    if (route === undefined) throw new RequestProblem('METHOD_NOT_ALLOWED', { headers: { Allow: allow } });
    return route;
  };

  return [
    (request, response, next) => {
      if (request.method === 'OPTIONS') {
        write(response, { status: 204, type: 'text/plain', text: '', headers: { Allow: allow } });
        return;
      }
      const { spec } = routeOf(request);
      checkMediaType(request, spec);
      // Before the body: what is too much is not read, either.
      limits.take(spec.limit);
      next();
    },
    bodyText(isProfile ? MAX_PROFILE_BYTES : MAX_BODY_BYTES),
    async (request, response) => {
      const { name, spec, handler } = routeOf(request);
      const startedAt = clock.steady();
      const asked: RouteRequest = {
        params: request.params as Record<string, string>,
        query: new URLSearchParams(request.originalUrl.split('?').slice(1).join('?')),
        body: spec.body === 'json' ? parseJson(textOf(request)) : undefined,
        form: spec.body === 'form' ? formOf(request) : {},
        headers: request.headers,
        httpVersion: request.httpVersion,
      };
      const { who } = localsOf(response);
      const answer = await audited({ route: name, request: asked, incoming: request, who }, () =>
        handler(asked),
      );
      write(response, answer);
      log.debug({ route: name, status: answer.status, ms: clock.steady() - startedAt }, 'request answered');
    },
  ];
}

/** What the guard found out about a request, for its route. */
const localsOf = ({ locals }: Response): { who?: Credential } => locals;

const takesProfile = (name: string, { body }: RouteSpec) =>
  body === 'json' && name.includes('/api/agents/:id');

const MEDIA_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' };

function checkMediaType(request: IncomingMessage, { body }: RouteSpec): void {
  if (body === 'none' || !hasBody(request) || mediaTypeOf(request) === MEDIA_TYPES[body]) return;
  throw new RequestProblem('MEDIA_TYPE_UNSUPPORTED', { detail: `send ${MEDIA_TYPES[body]}` });
}

/** Reads the body as text, once. Compressed ones are refused: a small one can be a large one. */
function bodyText(limit: number): RequestHandler {
  return express.text({ type: () => true, limit, inflate: false });
}

function textOf(request: Request): string {
  const body: unknown = request.body;
  return typeof body === 'string' ? body : '';
}

function formOf(request: Request): FormFields {
  return mediaTypeOf(request) === MEDIA_TYPES.form ? parseForm(textOf(request)) : {};
}

function write(response: Response, { status, type, text, bytes, stream, headers = {} }: Answer): void {
  response.status(status);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (bytes !== undefined || stream !== undefined) response.setHeader('Content-Type', type);
  else if (text !== '')
    response.setHeader('Content-Type', type.includes('charset=') ? type : `${type}; charset=utf-8`);
  if (stream === undefined) {
    response.end(bytes ?? text);
    return;
  }
  // A client that goes away, or a disk that fails, ends both; half an answer does not look like a whole one.
  pipeline(stream, response, () => undefined);
}

/** What the log may know of an exception: its kind and where, not its message, which can quote a caller. */
function traceOf(thrown: unknown): { code: ErrorCode; error: string; at: string[] } {
  const code = codeOf(thrown);
  if (!(thrown instanceof Error)) return { code, error: typeof thrown, at: [] };
  const frames = (thrown.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return { code, error: thrown.name, at: frames.slice(0, 6).map((frame) => frame.trim()) };
}
