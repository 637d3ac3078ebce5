import type { FormFields } from '../../protocol/form-fields.ts';
import type { Answer } from './answer.ts';
import type { RouteSpec } from './route-spec.ts';

/** Bytes of a body: forms and JSON of a request, and a whole agent profile. */
export const MAX_BODY_BYTES = 64 * 1024;
export const MAX_PROFILE_BYTES = 256 * 1024;

const read = { guard: 'admin', body: 'none' } as const;
const write = { guard: 'admin', body: 'json', limit: 'writes' } as const;
/** Whoever must end four hundred calls, or silence them, must be able to: neither costs anything. */
const release = { guard: 'admin', body: 'json' } as const;
const page = '`limit` 1 to 200 (50), `cursor`';
const list = '200 `{items, nextCursor}`';

const ROUTES = {
  'GET /healthz': { guard: 'open', body: 'none', takes: '', answers: '200', meaning: 'the process is alive' },
  'GET /readyz': {
    guard: 'open',
    body: 'none',
    takes: '',
    answers:
      '200, or 503 while draining, while the model refuses the engine or when storage is down, with the reason',
    meaning: 'new calls can be taken',
  },
  'GET /metrics': { ...read, takes: '', answers: '200 Prometheus text', meaning: 'counters and latencies' },
  'GET /api/openapi.json': {
    ...read,
    takes: '',
    answers: '200 OpenAPI 3.1',
    meaning: 'these routes with their schemas, for programs that generate clients',
  },
  'GET /api/calls': {
    ...read,
    takes: `\`state\`, \`q\`, \`number\`, \`agent\`, \`visited\`, \`tool\`, \`endReason\`, \`from\`, \`to\`, \`tests\`, ${page}`,
    answers: list,
    meaning:
      'calls, newest first; `state` is `ended`, or a state path or the beginning of one; `q` words that were said; `number` digits of either number; `visited` a state that the call has been in; `from` and `to` dates (UTC) or times; `tests` what becomes of calls that try the engine: `include` (among the others), `exclude` or `only`',
  },
  'POST /api/calls': {
    ...write,
    limit: 'placing',
    takes: '`{to, agentId}`; the header `Idempotency-Key`: requests with one key place one call',
    answers: '201 the call',
    meaning: 'places an outbound call, to numbers of the own country only',
  },
  'GET /api/calls/:callSid': {
    ...read,
    takes: '',
    answers: '200 the call, `isLive`, `isAwaited`, `commands`, `delays`',
    meaning:
      'one call; `commands` are those that it takes now; `isAwaited` while no process has it and the carrier may bring it back',
  },
  'DELETE /api/calls/:callSid': {
    ...read,
    limit: 'writes',
    takes: '',
    answers: '204; 404 when nothing is stored of it, 409 while it is live',
    meaning:
      "erases everything stored of one call: what was said in it, its recording, leads, bookings, texts; the day's sums stay",
  },
  'GET /api/calls/:callSid/transcript': {
    ...read,
    takes: '`unheard`: `true`',
    answers: '200 `[{role, text, at, itemId, interrupted}]`',
    meaning:
      'what was said, in the order spoken; of an interrupted line only what was heard, and with `unheard` the rest beside it',
  },
  'GET /api/calls/:callSid/events': {
    ...read,
    takes: '`bodies`: `redacted` or `full`; `after`: a seq',
    answers:
      '200 `[{seq, at, actor, event, state}]`, with `bodies` also `path`, `from`, `to`, `taken`, `regions`, `body`',
    meaning:
      'the recorded event log, in order; redacted bodies keep their shape, with dots for letters and digits',
  },
  'GET /api/calls/:callSid/latencies': {
    ...read,
    takes: '',
    answers: '200 `{turns, p50Ms, p95Ms, greetingMs}`',
    meaning: 'from the caller falling silent to the agent being heard, step by step',
  },
  'GET /api/calls/:callSid/losses': {
    ...read,
    takes: '',
    answers: '200 `[{seq, at, of, isPlanned, gapMs, isForGood}]`',
    meaning:
      'what the call lost, and for how long: its session with the model, its stream, the process that had it; `isPlanned` of one that was handed over',
  },
  'GET /api/calls/:callSid/export': {
    ...read,
    takes: '`words`: `masked` (default) or `full`',
    answers: '200 one JSON file',
    meaning: 'everything about one call, its chart included, to be opened in another console',
  },
  'GET /api/calls/:callSid/recording': {
    ...read,
    takes: '`Range`: bytes',
    answers: '200 or 206 `audio/wav`: mu-law, 8000 Hz, the caller left and the agent right; 404 without one',
    meaning: 'what both sides heard, from the announcement on; of a live call what is on the disk so far',
  },
  'GET /api/calls/:callSid/recording/peaks': {
    ...read,
    takes: '',
    answers: '200 `{bucketMs, durationMs, caller, agent}`',
    meaning: 'how loud each side of the recording is: a byte for each bucket, in base64',
  },
  'POST /api/calls/:callSid/hangup': {
    ...release,
    takes: '',
    answers: '202',
    meaning: 'ends a live call',
  },
  'POST /api/calls/:callSid/transfer': {
    ...write,
    takes: '`{to?}`',
    answers: '202, 422',
    meaning: "hands a live call to a person, at the profile's escalation number when `to` is not given",
  },
  'POST /api/calls/:callSid/say': {
    ...write,
    takes: '`{text}`',
    answers: '202',
    meaning: 'the agent says this next',
  },
  'POST /api/calls/:callSid/whisper': {
    ...write,
    takes: '`{text}`',
    answers: '202',
    meaning: 'the agent is told this; the caller is not',
  },
  'POST /api/calls/:callSid/mute': {
    ...release,
    takes: '`{muted}`',
    answers: '202',
    meaning: 'silences the agent for the caller, or lets it be heard again',
  },
  'POST /api/calls/:callSid/recording': {
    ...write,
    takes: '`{paused}`',
    answers: '202',
    meaning: 'pauses the recording of a live call, or lets it go on: what is said meanwhile is silence in it',
  },
  'GET /api/charts/:machineId': {
    ...read,
    takes: '',
    answers: '200 the chart',
    meaning: 'a chart as the console draws it: `call`, `session` or `toolCall`',
  },
  'GET /api/analytics': {
    ...read,
    takes:
      '`from`, `to`: dates in UTC, both included; `agent`; `tests`: `exclude`, `include` or `only` (`exclude`)',
    answers: '200 sums of ended calls',
    meaning:
      'how calls ended, how long they took, what was used, which transitions were taken and which never',
  },
  'GET /api/analytics/calls': {
    ...read,
    takes: `\`transition\`, \`from\`, \`to\`, \`agent\`, \`tests\` (\`exclude\`), ${page}`,
    answers: list,
    meaning: 'ended calls that took a transition, newest first',
  },
  'GET /api/leads': { ...read, takes: page, answers: list, meaning: 'leads that agents took, newest first' },
  'GET /api/bookings': {
    ...read,
    takes: page,
    answers: list,
    meaning: 'appointments that agents booked, newest first',
  },
  'GET /api/bookings.ics': {
    ...read,
    takes: '`agentId`',
    answers: '200 iCalendar, `text/calendar`, with an `ETag`; 304 to whoever has it',
    meaning: 'appointments of the last month and to come, cancelled ones too, as a calendar to subscribe to',
  },
  'GET /api/messages': {
    ...read,
    takes: page,
    answers: list,
    meaning: 'texts that agents sent, newest first',
  },
  'GET /api/blocked': {
    ...read,
    takes: page,
    answers: `${list} of \`{phone, blockedAt}\``,
    meaning: 'numbers that are blocked, newest first',
  },
  'PUT /api/blocked/:phone': {
    ...read,
    limit: 'writes',
    takes: '`phone`: E.164',
    answers: '200 `{phone, blockedAt}`',
    meaning: 'blocks a number: its calls hear the busy message, and none is placed to it',
  },
  'DELETE /api/blocked/:phone': {
    ...read,
    limit: 'writes',
    takes: '`phone`: E.164',
    answers: '204; 404 when it is not blocked',
    meaning: 'takes the calls of a number again',
  },
  'GET /api/refused-calls': {
    ...read,
    takes: page,
    answers: `${list} of \`{callSid, phone, cause, refusedAt}\``,
    meaning:
      'calls that were not taken, newest first: the last 500 of 30 days; `phone` is null when withheld',
  },
  'DELETE /api/callers/:phone': {
    ...read,
    limit: 'writes',
    takes: '`phone`: E.164',
    answers: '204; 404 when nothing is stored about it, 409 while it is in a call',
    meaning:
      "erases everything stored about a number: calls and what was said in them, leads, bookings, texts; the day's sums stay",
  },
  'GET /api/audit': {
    ...read,
    takes: `\`act\`, ${page}`,
    answers: list,
    meaning: 'what operators did, newest first: who, what, when, on what, from where; no numbers, no words',
  },
  'GET /api/agents': {
    ...read,
    takes: page,
    answers: list,
    meaning: 'agent profiles with their defaults, by id',
  },
  'GET /api/agents/:id': {
    ...read,
    takes: '',
    answers: '200 `{written, profile, version}`',
    meaning: 'one profile, as written and with its defaults',
  },
  'GET /api/agents/:id/versions': {
    ...read,
    takes: '',
    answers: list,
    meaning: 'what was ever saved of a profile, newest first',
  },
  'POST /api/agents/:id/preview': {
    ...write,
    limit: 'previews',
    takes: 'an agent profile',
    answers: '200 `{problems, instructions, greeting}`',
    meaning: 'what a profile would be, were it saved: what is wrong with it, or what the model would be told',
  },
  'POST /api/agents/:id/draft': {
    ...write,
    takes: 'an agent profile',
    answers: '201 `{draftId, expiresAt}`',
    meaning: 'keeps a profile for an hour, to be tried by `POST /api/softphone` before it is saved',
  },
  'POST /api/softphone': {
    ...write,
    limit: 'testCalls',
    takes: '`{agentId?}` or `{draftId}`',
    answers: '201 `{callSid, streamUrl, token}`',
    meaning: 'opens a call from a browser, which then speaks Media Streams at `streamUrl`',
  },
  'POST /api/softphone/say': {
    ...write,
    limit: 'sentences',
    takes: '`{text}`',
    answers: '200 `audio/basic`: mu-law, 8000 Hz',
    meaning: 'a sentence in the built-in voice, for callers who type',
  },
  'PUT /api/agents/:id': {
    ...write,
    takes: 'an agent profile, at most 256 KB',
    answers: '200 the profile',
    meaning: 'replaces or adds a profile; calls that begin afterwards take it',
  },
} as const satisfies Record<`${Method} /${string}`, RouteSpec>;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
export type RouteTable = typeof ROUTES;
export type RouteName = keyof RouteTable;

/** A request whose client was let in, whose method and content type fit, and whose body was read. */
export interface RouteRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** JSON as sent, for routes that take JSON; undefined for an empty body. */
  readonly body: unknown;
  readonly form: FormFields;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Such as `1.1`. */
  readonly httpVersion: string;
}

export type Handler = (request: RouteRequest) => Answer | Promise<Answer>;

export interface RouteRow {
  /** Method and path. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly spec: RouteSpec;
}

/** The rows of a table of routes, each split into method and path: the engine's own, or a carrier's. */
export function routeRows(routes: Readonly<Record<string, RouteSpec>> = ROUTES): RouteRow[] {
  return Object.entries(routes).map(([name, spec]) => {
    const [method = '', path = ''] = name.split(' ');
    return { name, method, path, spec };
  });
}
