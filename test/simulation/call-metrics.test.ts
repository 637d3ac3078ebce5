import { describe, expect, test } from 'vitest';
import type { FeedListener } from '../../src/protocol/call-feed.ts';
import type { CallLoss } from '../../src/protocol/console-calls.ts';
import { lossesOf } from '../../src/protocol/losses.ts';
import { turnTimesOf, waitOf } from '../../src/protocol/turn-times.ts';
import { callMetrics } from '../../src/services/telemetry/call-metrics.ts';
import { COUNTERS, LATENCIES } from '../../src/services/telemetry/metric-rows.ts';
import { Metrics } from '../../src/services/telemetry/metrics.ts';
import { row } from '../support/call-rows.ts';
import { answered, greeted, hungUp, script } from '../support/golden/script-steps.ts';
import { KilledScript } from '../support/killed/killed-script.ts';
import { Chance } from '../support/turn-taking/chance.ts';
import { speech } from '../support/turn-taking/response-plan.ts';
import { TurnTakingRoom } from '../support/turn-taking/room.ts';

/** Moved by the feed of a call; the others are of clients, days and media streams, and no fact of a call. */
const OF_CALLS = [
  ...Object.values(LATENCIES),
  ...[
    COUNTERS.callsStarted,
    COUNTERS.callsEnded,
    COUNTERS.bargeIns,
    COUNTERS.faults,
    COUNTERS.modelsReplaced,
    COUNTERS.modelsRotated,
    COUNTERS.streamsReplaced,
    COUNTERS.callsResumed,
    COUNTERS.callsHandedOver,
  ],
];
/** A point at which the process of a call may be killed in which the two have talked. */
const MID_CALL = 47;
const MODEL_MS = 240;
const TOOL_MS = 700;

/** The samples of a scrape, by name and labels. */
async function samplesOf(metrics: Metrics): Promise<ReadonlyMap<string, number>> {
  const { text } = await metrics.exposition();
  const lines = text.split('\n').filter((line) => line.startsWith('callchart_'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

/** A call whose feed moves metrics: greeted, answered by a tool, broken into, keyed into, spoken over by an operator, hung up. */
async function countedCall(listen: FeedListener): Promise<TurnTakingRoom> {
  let toolsAsked = 0;
  const room = new TurnTakingRoom({
    listen,
    planFor: (purpose, { plan }) => {
      const asksTool = purpose !== 'greeting' && toolsAsked++ === 0;
      const outputs = asksTool
        ? [{ kind: 'tool', name: 'look_up', args: {} } as const]
        : [speech(4000, new Chance(7))];
      return plan({ firstAfterMs: MODEL_MS, outputs });
    },
  });
  room.toolMs = TOOL_MS;
  const speaks = () => room.until(() => room.state === 'conversing.responding', 10_000);
  await room.run(6000);
  room.says('When are you open?', 800);
  expect(await speaks()).toBe(true);
  await room.run(1500);
  // Over the agent: the only barge-in.
  room.says('And on Sundays?', 800);
  await room.run(400);
  expect(await speaks()).toBe(true);
  await room.run(500);
  room.carrier.press('4');
  await room.run(100);
  room.carrier.press('#');
  expect(await speaks()).toBe(true);
  await room.run(500);
  room.call.tell({ type: 'hangup.requested' });
  expect(await room.until(() => room.endReason !== undefined, 60_000)).toBe(true);
  await room.call.done;
  return room;
}

/** A stream is lost alone, another one with its process; then the call is handed over. */
function loses(listen: FeedListener): void {
  const lost = { at: 4_000, state: 'awaitingStream.quiet', regions: { line: 'lost' } };
  const attached = (at: number) => row('phone.attached', {}, { at, regions: { line: 'attached' } });
  listen(row('phone.lost', {}, lost));
  listen(attached(4_500));
  listen(row('call.resumed', { gapMs: 40 }, { ...lost, at: 5_040 }));
  listen(attached(5_100));
  listen(row('handOver.requested', {}, { at: 6_000, state: 'handedOver' }));
  listen(row('call.resumed', { gapMs: 200 }, { ...lost, at: 6_200 }));
  listen(attached(6_300));
}

describe('the metrics of a call', () => {
  test('the metrics of a call follow its feed, each of them, by the right amount', async () => {
    const metrics = new Metrics(() => 1);
    const { rows } = await countedCall(callMetrics(metrics, { direction: 'inbound', isTest: false }));
    const other = callMetrics(metrics, { direction: 'inbound', isTest: true });
    const error = { code: 'MODEL_LOST', message: 'the model is gone' } as const;
    const envelope = { from: 'model', to: 'call', state: 'conversing', taken: null, regions: {} } as const;
    other({ ...envelope, at: 1_000, event: 'model.configured', body: {} });
    other({ ...envelope, at: 2_000, event: 'model.disconnected', body: { error } });
    other({ ...envelope, at: 2_400, event: 'model.disconnected', body: { error } });
    other({ ...envelope, at: 2_700, event: 'model.configured', body: {} });
    for (const at of [2_800, 2_900]) other({ ...envelope, at, event: 'model.rotated', body: {} });
    loses(other);
    other({ ...envelope, at: 3_000, from: 'call', to: null, event: 'call.failing', body: { error } });
    const samples = await samplesOf(metrics);

    const still = OF_CALLS.filter(({ name }) =>
      [...samples].every(
        ([sample, value]) => !sample.startsWith(name) || sample.includes('_bucket') || value === 0,
      ),
    );
    expect(still.map(({ name }) => name)).toEqual([]);

    expect(samples.get('callchart_calls_started_total{direction="inbound",test="false"}')).toBe(1);
    expect(samples.get('callchart_calls_ended_total{reason="operator",test="false"}')).toBe(1);
    expect(samples.get('callchart_faults_total{component="model",cause="MODEL_LOST"}')).toBe(1);

    expect(samples.get('callchart_model_replaced_total')).toBe(1);
    expect(samples.get('callchart_model_gap_seconds_sum')).toBeCloseTo(0.7);
    // A session that is followed by a plan is no loss, and leaves no gap.
    expect(samples.get('callchart_model_rotated_total')).toBe(2);
    expect(samples.get('callchart_model_gap_seconds_count')).toBe(1);

    expect(samples.get('callchart_stream_replaced_total')).toBe(2);
    expect(samples.get('callchart_stream_gap_seconds_sum')).toBeCloseTo(0.6);
    expect(samples.get('callchart_calls_resumed_total')).toBe(1);
    expect(samples.get('callchart_resumed_gap_seconds_sum')).toBeCloseTo(0.04);
    // One that is handed over has lost nothing, and leaves no gap.
    expect(samples.get('callchart_calls_handed_over_total')).toBe(1);
    expect(samples.get('callchart_stream_gap_seconds_count')).toBe(2);
    expect(samples.get('callchart_resumed_gap_seconds_count')).toBe(1);

    const clears = rows.filter(({ event }) => event === 'clearPlayback');
    expect(clears.length).toBeGreaterThanOrEqual(3);
    expect(rows.filter(({ event }) => event === 'turn.interrupted')).toHaveLength(1);
    expect(samples.get('callchart_barge_ins_total')).toBe(1);
    expect(samples.get('callchart_barge_in_seconds_count')).toBe(1);
    expect(samples.get('callchart_clear_seconds_count')).toBe(1);

    const waits = turnTimesOf(rows)
      .map(waitOf)
      .filter(({ totalMs }) => totalMs !== undefined);
    const seconds = (of: 'totalMs' | 'noticedMs' | 'modelMs' | 'toolsMs' | 'playbackMs') =>
      waits.reduce((sum, wait) => sum + (wait[of] ?? 0), 0) / 1000;
    expect(waits.length).toBeGreaterThanOrEqual(2);
    expect(samples.get('callchart_reply_seconds_count')).toBe(waits.length);
    expect(samples.get('callchart_reply_seconds_sum')).toBeCloseTo(seconds('totalMs'));
    expect(samples.get('callchart_reply_noticed_seconds_sum')).toBeCloseTo(seconds('noticedMs'));
    expect(samples.get('callchart_reply_model_seconds_sum')).toBeCloseTo(seconds('modelMs'));
    expect(samples.get('callchart_reply_tools_seconds_sum')).toBeCloseTo(seconds('toolsMs'));
    expect(samples.get('callchart_reply_playback_seconds_sum')).toBeCloseTo(seconds('playbackMs'));
    expect(samples.get('callchart_tool_seconds_sum')).toBeCloseTo(TOOL_MS / 1000, 2);
    expect(samples.get('callchart_tool_seconds_count')).toBe(1);
    expect(samples.get('callchart_greeting_seconds_count')).toBe(1);
    expect(samples.get('callchart_greeting_seconds_sum')).toBeGreaterThanOrEqual(MODEL_MS / 1000);
    expect(samples.get('callchart_model_ready_seconds_count')).toBe(1);
  });

  test('the metrics of a call whose process was killed have the gaps, by what that one had written', async () => {
    const { settings, happens } = script({}, async (call) => {
      await greeted(call);
      await answered(call);
      return hungUp(call);
    });
    const left = await happens(await new KilledScript(settings, { at: [MID_CALL], lagMs: 10 }).begin());
    const gapsOf = (what: CallLoss['of']) =>
      lossesOf(left.rows)
        .filter(({ of }) => of === what)
        .map(({ gapMs }) => (gapMs ?? Number.NaN) / 1000);
    expect([gapsOf('process').length, gapsOf('stream').length]).toEqual([1, 1]);

    if (left.metrics === undefined) throw new Error('nobody has the call');
    const samples = await samplesOf(left.metrics);
    expect(samples.get('callchart_calls_resumed_total')).toBe(1);
    expect(samples.get('callchart_resumed_gap_seconds_sum')).toBeCloseTo(gapsOf('process')[0] ?? 0);
    expect(samples.get('callchart_stream_replaced_total')).toBe(1);
    expect(samples.get('callchart_stream_gap_seconds_sum')).toBeCloseTo(gapsOf('stream')[0] ?? 0);
    expect(samples.get('callchart_calls_handed_over_total')).toBe(0);
  });
});
