import type { CallDetail, CallItem, CallLatencies } from '../../protocol/console-calls.ts';
import { CallsQuery, EventsQuery, TranscriptQuery } from '../../protocol/console-queries.ts';
import { stateName } from '../../protocol/state-path.ts';
import { percentile, waitsOf } from '../../protocol/turn-times.ts';
import type { Charts } from '../../charts/drawn-charts.ts';
import type { LiveCallStanding } from '../desk/desk.ts';
import type { Erasures } from '../erasing/erasures.ts';
import type { FoundCall } from '../storage/calls.port.ts';
import { fullRowOf, plainRowOf } from '../../protocol/shown-rows.ts';
import type { Journal } from '../storage/journal.port.ts';
import { type Answer, json } from './answer.ts';
import { logText } from './log-text.ts';
import { placing, type PlacingDeps } from './placing.ts';
import { RequestProblem } from './problems.ts';
import { readQuery } from './request-schema.ts';
import type { Handler } from './routes.ts';
import { shownFailure } from './shown-failure.ts';
import { withoutAbsent } from './without-absent.ts';

export interface CallsApiDeps extends PlacingDeps {
  readonly journal: Journal;
  readonly charts: Charts;
  readonly erasures: Pick<Erasures, 'call'>;
}

/** What is known of calls, live and ended; and placing one. */
export function callsApi({ desk, circuit, journal, outbound, charts, erasures }: CallsApiDeps) {
  const call = async (callSid: string) => {
    const found = await journal.query('foundCall', { callSid });
    if (found === undefined) throw new RequestProblem('NOT_FOUND', { detail: 'no call has this callSid' });
    return found;
  };

  return {
    'GET /api/calls': async ({ query }) => {
      const found = await journal.query('findCalls', withoutAbsent(readQuery(CallsQuery, query)));
      return json(200, { ...found, items: found.items.map(callItemOf) });
    },

    'POST /api/calls': placing({ desk, outbound, circuit }),

    'GET /api/calls/:callSid': async ({ params }) => {
      const found = await call(params['callSid'] ?? '');
      const live = await desk.liveCall(found.callSid);
      const detail: CallDetail = {
        ...callItemOf(found),
        isLive: live !== undefined,
        isAwaited: isAwaitedCall(found, live),
        commands: [...(live?.commands ?? [])],
        delays: { ...(live?.delays ?? charts.get('call')?.delays) },
      };
      return json(200, detail);
    },

    'DELETE /api/calls/:callSid': async ({ params }): Promise<Answer> => {
      const erasure = await erasures.call(params['callSid'] ?? '');
      if (erasure === 'erased') return { status: 204, type: 'application/json', text: '' };
      if (erasure === 'unknown')
        throw new RequestProblem('NOT_FOUND', { detail: 'no call has this callSid' });
      const state = stateName(erasure.liveIn);
      const detail = `nothing was erased: the call is ${state}; hang up first, or try again after its end`;
      throw new RequestProblem('CONFLICT', { detail, state });
    },

    'GET /api/calls/:callSid/transcript': async ({ params, query }) => {
      const { unheard } = readQuery(TranscriptQuery, query);
      const { callSid } = await call(params['callSid'] ?? '');
      return json(200, await journal.query('transcript', { callSid, withUnheard: unheard === 'true' }));
    },

    'GET /api/calls/:callSid/events': async ({ params, query }) => {
      const { bodies, after = 0 } = readQuery(EventsQuery, query);
      const { callSid } = await call(params['callSid'] ?? '');
      const text = await logText(journal, { callSid, after }, (row) =>
        bodies === undefined ? plainRowOf(row) : fullRowOf(row, bodies),
      );
      return { status: 200, type: 'application/json', text };
    },

    'GET /api/calls/:callSid/latencies': async ({ params }) => {
      const { callSid } = await call(params['callSid'] ?? '');
      const { turns, greetingMs } = await journal.query('turnTimes', { callSid });
      const waits = waitsOf(turns);
      const latencies: CallLatencies = {
        turns,
        p50Ms: percentile(waits, 0.5) ?? null,
        p95Ms: percentile(waits, 0.95) ?? null,
        greetingMs,
      };
      return json(200, latencies);
    },

    'GET /api/calls/:callSid/losses': async ({ params }) => {
      const found = await call(params['callSid'] ?? '');
      const { callSid } = found;
      const isAwaited = isAwaitedCall(found, await desk.liveCall(callSid));
      return json(200, await journal.query('losses', { callSid, isAwaited }));
    },
  } satisfies Record<string, Handler>;
}

/** It has not ended, and nobody has it. */
const isAwaitedCall = ({ endedAt }: FoundCall, live: LiveCallStanding | undefined) =>
  live === undefined && endedAt === null;

/** Outside, a state goes by its fixed name; where within it the call is may change from version to version. */
export const callItemOf = (call: FoundCall): CallItem => ({
  ...call,
  state: stateName(call.state),
  failure: call.endedAt === null ? null : shownFailure(call.failure),
});
