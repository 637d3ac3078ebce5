import { afterEach, expect, test } from 'vitest';
import type { CallNews } from '../../src/cli/call-news.ts';
import { callPrinter } from '../../src/cli/call-printer.ts';
import { readLatencies } from '../../src/cli/told-call.ts';
import { LatencyMeter } from '../../src/cli/latency-meter.ts';
import { rowOf } from '../../console/timeline/row.ts';
import { Analytics } from '../../src/protocol/console-analytics.ts';
import type { FullRow } from '../../src/protocol/console-calls.ts';
import { turnTimesOf, waitOf } from '../../src/protocol/turn-times.ts';
import { CallWaits } from '../../src/services/telemetry/call-waits.ts';
import { Metrics } from '../../src/services/telemetry/metrics.ts';
import { row } from '../support/call-rows.ts';
import { ADMIN_TOKEN, CALL_SID, HttpHouse } from '../support/http.ts';
import { recordedCall } from '../support/recorded-call.ts';
import { SpokenTurn } from '../support/spoken-turn.ts';
import { storeJournal } from '../support/stored-calls.ts';

/** From the request for a response to its first audio. */
const MODEL_MS = 240;
/** What the detector waits for: it says so itself. */
const SILENCE_MS = 500;
/** And how long its report is on its way. */
const REPORT_MS = 40;

let house: HttpHouse | undefined;
afterEach(() => house?.close());

/** A call in which the caller says something, falls silent, and waits for the answer. */
async function answeredCall() {
  const metrics = new Metrics(() => 1);
  const waits = new CallWaits(metrics);
  const call = recordedCall({
    latencyMs: MODEL_MS,
    listen: (entry) => {
      waits.take(entry);
    },
  });
  call.model.opens();
  call.dials();
  await call.clock.run(3000);
  await new SpokenTurn(call).says('u1', 'When are you open?', { silenceMs: SILENCE_MS, reportMs: REPORT_MS });
  await call.clock.run(3000);
  return { call, metrics };
}

test('the wait for an answer is the same on the line, by the command line, in the console, in analytics and in metrics', async () => {
  const { call, metrics } = await answeredCall();

  const meter = new LatencyMeter();
  for (const event of call.heard) meter.take(event);
  const [onTheLine = 0] = meter.latencies.answersMs;
  // The model's figure, the silence that its detector waits for, and the report; a frame is 20 ms long.
  expect(Math.abs(onTheLine - (SILENCE_MS + REPORT_MS + MODEL_MS))).toBeLessThanOrEqual(20);

  const { journal } = storeJournal();
  const accepted = { callSid: CALL_SID, agentId: 'default', direction: 'inbound', from: '+1', to: '+2' };
  const at = call.clock.now();
  journal.record(CALL_SID, [
    row('call.accepted', accepted, { from: 'call', state: 'connecting', at: call.rows[0]?.at ?? at }),
    ...call.rows,
  ]);
  await journal.transact('endCall', { callSid: CALL_SID, reason: 'completed', at });
  house = await new HttpHouse({ journal }).open();

  const latencies = await readLatencies(`http://127.0.0.1:${String(house.port)}`, CALL_SID, ADMIN_TOKEN);
  const [counted] = latencies?.answers ?? [];
  expect(latencies?.answers).toHaveLength(1);
  expect(counted?.isAtLeast).toBe(false);
  expect(Math.abs((counted?.totalMs ?? 0) - onTheLine)).toBeLessThanOrEqual(20);
  expect(counted?.noticedMs).toBeGreaterThanOrEqual(SILENCE_MS + REPORT_MS - 20);
  expect(counted?.modelMs).toBe(MODEL_MS);
  const total = counted?.totalMs ?? 0;

  const printed: string[] = [];
  const ended: CallNews = {
    ...{ type: 'ended', atMs: 0, endReason: undefined, failure: undefined },
    outcome: { status: 'completed', by: 'caller', durationMs: 0 },
    latencies: latencies ?? meter.latencies,
  };
  callPrinter({ hasColours: false, print: (line) => printed.push(line), complain: () => undefined })(ended);
  expect(printed.join()).toContain(`agent heard ${String(total)} ms after the caller fell silent`);

  const rows = (await house.api(`/api/calls/${CALL_SID}/events?bodies=redacted`)).json as FullRow[];
  expect(turnTimesOf(rows.map(rowOf)).map(waitOf)).toEqual([counted]);

  const { latency } = Analytics.parse((await house.api('/api/analytics')).json);
  expect(latency).toMatchObject({ turns: 1, atLeast: 0 });
  // A distribution keeps its values within 5 %.
  expect(Math.abs((latency.p50Ms ?? 0) - total)).toBeLessThanOrEqual(0.05 * total + 1);

  const { text } = await metrics.exposition();
  expect(text).toContain(`callchart_reply_seconds_sum ${String(total / 1000)}\n`);
  expect(text).toContain('callchart_reply_seconds_count 1\n');
  expect(text).toContain(`callchart_reply_model_seconds_sum ${String(MODEL_MS / 1000)}\n`);
});
