import type { z } from 'zod';
import type { ErrorCode } from '../../errors.ts';
import { AgentProfile } from '../../protocol/agent-profile.ts';
import { AuditQuery } from '../../protocol/console-audit.ts';
import {
  AnalyticsQuery,
  CallsQuery,
  EventsQuery,
  ExportQuery,
  TakersQuery,
  TranscriptQuery,
} from '../../protocol/console-queries.ts';
import {
  CalendarQuery,
  CallSidParam,
  EntityTags,
  IdempotencyKey,
  MachineIdParam,
  PageQuery,
  PhoneParam,
  RangeHeader,
} from '../../protocol/rest.ts';
import { ANSWERED, type AnsweredSchema, TAKEN, type TakenSchema } from './named-schemas.ts';
import type { RouteTable } from './routes.ts';

type MediaType = `${string}/${string}`;

/** What a route takes and answers, as schemas: what `/api/openapi.json` tells of it. */
export interface RouteSchemas {
  readonly query?: z.ZodObject;
  readonly headers?: Readonly<Record<string, z.ZodType>>;
  readonly body?: TakenSchema;
  /** By status: JSON, text or bytes of a media type, or null for no body. */
  readonly answers: Readonly<Record<number, AnsweredSchema | MediaType | null>>;
  /** How it fails beyond what its guard, its limit and what it takes say already. */
  readonly problems?: readonly ErrorCode[];
}

/** The routes for our own clients. Twilio has its own description of what it asks. */
type DescribedRoute = {
  [Name in keyof RouteTable]: RouteTable[Name]['guard'] extends 'twilio' ? never : Name;
}[keyof RouteTable];

/** A route that takes JSON says which; no other has a body. */
type BodyOf<Name extends DescribedRoute> = RouteTable[Name]['body'] extends 'json'
  ? Required<Pick<RouteSchemas, 'body'>>
  : Partial<Record<'body', never>>;

/** The names after colons in a path. */
type ParamsOf<Path extends string> = Path extends `${string}/:${infer Param}/${infer Rest}`
  ? Param | ParamsOf<`/${Rest}`>
  : Path extends `${string}/:${infer Param}`
    ? Param
    : never;

/** The parts of addresses that vary. One that is missing does not compile. */
export const PATH_PARAMS: Readonly<Record<ParamsOf<DescribedRoute>, z.ZodType>> = {
  callSid: CallSidParam,
  id: AgentProfile.shape.id,
  machineId: MachineIdParam,
  phone: PhoneParam,
};

const stored = ['STORAGE_UNAVAILABLE'] as const;
const ofOne = ['NOT_FOUND', ...stored] as const;
const ofOneIdle = ['CONFLICT', ...ofOne] as const;
/** Each is told to the call; a route that says so without a body fits none of the others. */
const told = { answers: { 202: ANSWERED.CommandTaken }, problems: ofOneIdle } as const;

/** Every route of our own clients. One that is missing does not compile. */
export const ROUTE_SCHEMAS: { readonly [Name in DescribedRoute]: RouteSchemas & BodyOf<Name> } = {
  'GET /healthz': { answers: { 200: ANSWERED.Alive } },
  'GET /readyz': { answers: { 200: ANSWERED.Ready }, problems: ['UNAVAILABLE', ...stored] },
  'GET /metrics': { answers: { 200: 'text/plain' } },
  'GET /api/openapi.json': { answers: { 200: ANSWERED.OpenApi } },
  'GET /api/calls': { query: CallsQuery, answers: { 200: ANSWERED.CallPage }, problems: stored },
  'POST /api/calls': {
    headers: { 'Idempotency-Key': IdempotencyKey },
    body: TAKEN.PlaceCallBody,
    answers: { 201: ANSWERED.PlacedCall },
    problems: ['UNAVAILABLE', ...stored],
  },
  'GET /api/calls/:callSid': { answers: { 200: ANSWERED.CallDetail }, problems: ofOne },
  'DELETE /api/calls/:callSid': { answers: { 204: null }, problems: ofOneIdle },
  'GET /api/calls/:callSid/transcript': {
    query: TranscriptQuery,
    answers: { 200: ANSWERED.Transcript },
    problems: ofOne,
  },
  'GET /api/calls/:callSid/events': {
    query: EventsQuery,
    answers: { 200: ANSWERED.CallRows },
    problems: ofOne,
  },
  'GET /api/calls/:callSid/latencies': { answers: { 200: ANSWERED.CallLatencies }, problems: ofOne },
  'GET /api/calls/:callSid/losses': { answers: { 200: ANSWERED.CallLosses }, problems: ofOne },
  'GET /api/calls/:callSid/export': {
    query: ExportQuery,
    answers: { 200: ANSWERED.CallFile },
    problems: ofOne,
  },
  'GET /api/calls/:callSid/recording': {
    headers: { Range: RangeHeader },
    answers: { 200: 'audio/wav', 206: 'audio/wav', 416: null },
    problems: ofOne,
  },
  'GET /api/calls/:callSid/recording/peaks': {
    answers: { 200: ANSWERED.RecordingPeaks },
    problems: ['NOT_FOUND'],
  },
  'POST /api/calls/:callSid/hangup': { ...told, body: TAKEN.EmptyBody },
  'POST /api/calls/:callSid/transfer': {
    ...told,
    body: TAKEN.TransferBody,
    problems: ['NUMBER_REFUSED', ...told.problems],
  },
  'POST /api/calls/:callSid/say': { ...told, body: TAKEN.SayBody },
  'POST /api/calls/:callSid/whisper': { ...told, body: TAKEN.WhisperBody },
  'POST /api/calls/:callSid/mute': { ...told, body: TAKEN.MuteBody },
  'POST /api/calls/:callSid/recording': { ...told, body: TAKEN.RecordingBody },
  'GET /api/charts/:machineId': { answers: { 200: ANSWERED.ChartPicture }, problems: ['NOT_FOUND'] },
  'GET /api/analytics': { query: AnalyticsQuery, answers: { 200: ANSWERED.Analytics }, problems: stored },
  'GET /api/analytics/calls': {
    query: TakersQuery,
    answers: { 200: ANSWERED.CallPage },
    problems: stored,
  },
  'GET /api/leads': { query: PageQuery, answers: { 200: ANSWERED.LeadPage }, problems: stored },
  'GET /api/bookings': { query: PageQuery, answers: { 200: ANSWERED.BookingPage }, problems: stored },
  'GET /api/bookings.ics': {
    query: CalendarQuery,
    headers: { 'If-None-Match': EntityTags },
    answers: { 200: 'text/calendar', 304: null },
    problems: stored,
  },
  'GET /api/messages': { query: PageQuery, answers: { 200: ANSWERED.MessagePage }, problems: stored },
  'GET /api/blocked': { query: PageQuery, answers: { 200: ANSWERED.BlockedPage }, problems: stored },
  'PUT /api/blocked/:phone': { answers: { 200: ANSWERED.BlockedNumber }, problems: stored },
  'DELETE /api/blocked/:phone': { answers: { 204: null }, problems: ofOne },
  'GET /api/refused-calls': { query: PageQuery, answers: { 200: ANSWERED.RefusedPage }, problems: stored },
  'DELETE /api/callers/:phone': { answers: { 204: null }, problems: ofOneIdle },
  'GET /api/audit': { query: AuditQuery, answers: { 200: ANSWERED.AuditPage }, problems: stored },
  'GET /api/agents': { query: PageQuery, answers: { 200: ANSWERED.AgentPage } },
  'GET /api/agents/:id': { answers: { 200: ANSWERED.AgentDetail }, problems: ['NOT_FOUND'] },
  'GET /api/agents/:id/versions': {
    answers: { 200: ANSWERED.AgentVersionPage },
    problems: ['NOT_FOUND'],
  },
  'POST /api/agents/:id/preview': {
    body: TAKEN.WrittenAgentProfile,
    answers: { 200: ANSWERED.AgentPreview },
  },
  'POST /api/agents/:id/draft': {
    body: TAKEN.WrittenAgentProfile,
    answers: { 201: ANSWERED.AgentDraft },
  },
  'POST /api/softphone': {
    body: TAKEN.SoftphoneBody,
    answers: { 201: ANSWERED.SoftphoneCall },
    problems: ['NOT_FOUND', 'CONFLICT'],
  },
  'POST /api/softphone/say': {
    body: TAKEN.SoftphoneSayBody,
    answers: { 200: 'audio/basic' },
    problems: ['SPEECH_UNAVAILABLE'],
  },
  'PUT /api/agents/:id': {
    body: TAKEN.WrittenAgentProfile,
    answers: { 200: ANSWERED.AgentProfile },
    problems: ['UNAVAILABLE', ...stored],
  },
};
