import { z } from 'zod';
import { CallLatencies, type ShownFailure, type TranscriptLine } from '../protocol/console-calls.ts';
import { waitOf, waitsOf } from '../protocol/turn-times.ts';
import type { Latencies } from './latencies.ts';
import { boundedText } from './engine-api.ts';

/** What the command line reads of the engine's REST answers; all else passes by. */
const Line = z.looseObject({
  role: z.enum(['caller', 'agent', 'tool']),
  text: z.string(),
  at: z.iso.datetime(),
  itemId: z.string(),
  interrupted: z.boolean(),
});

const Event = z.looseObject({
  seq: z.int(),
  at: z.iso.datetime(),
  event: z.string().default(''),
  state: z.string(),
  body: z.record(z.string(), z.unknown()).default({}),
});

const Failure = z.looseObject({
  code: z.string(),
  cause: z.string().nullable(),
  text: z.string(),
  remedy: z.string().nullable(),
});

const Call = z.looseObject({
  state: z.string(),
  endReason: z.string().nullish(),
  failure: Failure.nullish(),
});

/** One call, as the engine tells it now: what is read of a `CallDetail`, its rows and its transcript. */
export interface ToldCall {
  readonly state: string;
  readonly endReason: string | undefined;
  readonly failure: ShownFailure | undefined;
  /** Those that were asked for. */
  readonly events: readonly z.infer<typeof Event>[];
  readonly transcript: readonly TranscriptLine[];
}

/** Why a call is not told: it is not there yet, or the engine does not show it. */
export type NotTold = 'unknown' | 'refused' | 'unreachable';

/** Reads one call over the REST API of any engine, with the admin token when there is one. Never throws. */
export async function readToldCall(
  engineUrl: string,
  callSid: string,
  adminToken: string | undefined,
  /** Only events beyond this seq. */
  after = 0,
): Promise<ToldCall | NotTold> {
  const { base, read } = readerOf(engineUrl, callSid, adminToken);
  try {
    // First the call, then its log: an end that the one tells has all its rows in the other.
    const { state, endReason, failure } = await read(base, Call);
    const [events, transcript] = await Promise.all([
      read(`${base}/events?bodies=full&after=${String(after)}`, z.array(Event)),
      read(`${base}/transcript`, z.array(Line)),
    ]);
    return {
      state,
      endReason: endReason ?? undefined,
      failure: failure ?? undefined,
      events,
      transcript,
    };
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.why;
    return thrown instanceof z.ZodError ? 'refused' : 'unreachable';
  }
}

/** The engine's figures of what the caller waited for. Undefined where it does not tell them. Never throws. */
export async function readLatencies(
  engineUrl: string,
  callSid: string,
  adminToken: string | undefined,
): Promise<Latencies | undefined> {
  const { base, read } = readerOf(engineUrl, callSid, adminToken);
  try {
    const { turns, greetingMs } = await read(`${base}/latencies`, CallLatencies);
    const answers = turns.map(waitOf).filter(({ totalMs }) => totalMs !== undefined);
    return {
      countedBy: 'engine',
      greetingMs: greetingMs ?? undefined,
      answersMs: waitsOf(turns),
      answers,
    };
  } catch {
    return undefined;
  }
}

function readerOf(engineUrl: string, callSid: string, adminToken: string | undefined) {
  const headers = adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` };
  const read = async <Schema extends z.ZodType>(url: string, schema: Schema) => {
    const answer = await fetch(url, {
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(READ_WITHIN_MS),
    });
    if (answer.status === 404) throw new Refusal('unknown');
    if (!answer.ok) throw new Refusal('refused');
    return schema.parse(JSON.parse(await boundedText(answer)));
  };
  return { base: `${engineUrl}/api/calls/${callSid}`, read };
}

const READ_WITHIN_MS = 3000;

class Refusal extends Error {
  readonly why: NotTold;
  constructor(why: NotTold) {
    super(why);
    this.why = why;
  }
}
