import type { Clock } from '../../clock.ts';
import { CallsQuery, PlaceCallBody } from '../../protocol/rest.ts';
import { stateName } from '../../protocol/state-path.ts';
import type { CallRecord, Journal } from '../storage/journal.port.ts';
import { json } from './answer.ts';
import type { Desk, Outbound } from './desk.ts';
import { tooMany } from './guard.ts';
import { RequestProblem } from './problems.ts';
import { RateLimit } from './rate-limit.ts';
import { readBody, readQuery } from './request-schema.ts';
import type { Handler } from './routes.ts';

export interface CallsApiDeps {
  readonly desk: Desk;
  readonly journal: Journal;
  readonly outbound: Outbound | undefined;
  readonly clock: Clock;
}

/** Outbound calls cost money with every mistake of a script: a stolen token can place a hundred, not a million. */
const PER_MINUTE = { max: 10, windowMs: 60_000 };
const PER_DAY = { max: 100, windowMs: 86_400_000 };

/** What is known of calls, live and ended; and placing one. */
export function callsApi({ desk, journal, outbound, clock }: CallsApiDeps) {
  const limits = [PER_MINUTE, PER_DAY].map((limit) => new RateLimit({ ...limit, clock }));

  const call = async (callSid: string) => {
    const record = await journal.query('call', { callSid });
    if (record === undefined) throw new RequestProblem('NOT_FOUND', { detail: 'no call of that SID' });
    return record;
  };

  const place = (port: Outbound): Handler => {
    return async ({ body }) => {
      const { to, agentId } = readBody(PlaceCallBody, body);
      if (desk.isDraining) throw new RequestProblem('UNAVAILABLE', { detail: 'the engine is draining' });
      for (const limit of limits) {
        const waitMs = limit.take('');
        if (waitMs > 0) throw tooMany(waitMs);
      }
      const placed = await port.place({ to, agentId });
      return json(201, placed, { Location: `/api/calls/${placed.callSid}` });
    };
  };

  return {
    'GET /api/calls': async ({ query }) => {
      const { limit, cursor, state } = readQuery(CallsQuery, query);
      const calls = await journal.query('calls', {
        limit,
        ...(cursor === undefined ? {} : { cursor }),
        ...(state === undefined ? {} : { state }),
      });
      return json(200, { ...calls, items: calls.items.map(named) });
    },

    'POST /api/calls': outbound === undefined ? undefined : place(outbound),

    'GET /api/calls/:callSid': async ({ params }) => json(200, named(await call(params['callSid'] ?? ''))),

    'GET /api/calls/:callSid/transcript': async ({ params }) => {
      const { callSid } = await call(params['callSid'] ?? '');
      return json(200, await journal.query('transcript', { callSid }));
    },

    'GET /api/calls/:callSid/events': async ({ params }) => {
      const { callSid } = await call(params['callSid'] ?? '');
      const events = await journal.query('events', { callSid });
      return json(
        200,
        events.map(({ seq, at, actor, event, state }) => ({
          seq,
          at: new Date(at).toISOString(),
          actor,
          event,
          state: stateName(state),
        })),
      );
    },
  } satisfies Record<string, Handler | undefined>;
}

/** Outside, a state goes by its fixed name; where within it the call is may change from version to version. */
const named = (record: CallRecord): CallRecord => ({ ...record, state: stateName(record.state) });
