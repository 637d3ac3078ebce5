import { expect, test } from 'vitest';
import { MetricSums } from '../../../src/services/telemetry/metric-sums.ts';
import { Metrics } from '../../../src/services/telemetry/metrics.ts';

const DAY = { calls: 7, modelMs: 90_000, costMicros: 2_500_000 };

function house() {
  let day: () => Promise<typeof DAY> = () => Promise.resolve(DAY);
  const sums = new MetricSums({ workers: () => 2, daySums: () => day(), startedAt: 1_796_093_619 });
  const samples = async () => {
    const { text } = await sums.exposition();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    );
  };
  const failDay = () => {
    day = () => Promise.reject(new Error('no journal'));
  };
  return { sums, samples, failDay };
}

test('the metrics of several workers are added up, and those of the day are the journal’s', async () => {
  const { sums, samples, failDay } = house();
  const [one, other] = [new Metrics(() => 3), new Metrics(() => 4)];
  one.callStarted('inbound', false);
  one.callStarted('inbound', false);
  other.callStarted('inbound', false);
  other.took('reply', 1200);
  one.took('reply', 300);
  one.spentToday({ calls: 400, modelMs: 1, costMicros: 1 });
  sums.tell(1, await one.values());
  sums.tell(2, await other.values());
  const found = await samples();
  const read = (name: string) => found.get(name);
  expect(read('callchart_live_calls')).toBe(7);
  expect(read('callchart_calls_started_total{direction="inbound",test="false"}')).toBe(3);
  expect(read('callchart_reply_seconds_count')).toBe(2);
  expect(read('callchart_reply_seconds_bucket{le="0.4"}')).toBe(1);
  expect(read('callchart_workers')).toBe(2);
  expect(read('callchart_day_calls')).toBe(7);
  expect(read('callchart_day_model_seconds')).toBe(90);
  expect(read('callchart_day_cost')).toBe(2.5);
  expect(read('process_start_time_seconds')).toBe(1_796_093_619);
  // A journal that cannot be read leaves what was read last.
  failDay();
  expect((await samples()).get('callchart_day_calls')).toBe(7);
});

test('what calls lost and got back is added up over the workers that they got it back in', async () => {
  const { sums, samples } = house();
  const [one, other] = [new Metrics(() => 1), new Metrics(() => 1)];
  for (const metrics of [one, other]) {
    metrics.streamReplaced();
    metrics.took('streamGap', 700);
    metrics.callResumed();
    metrics.took('resumedGap', 300);
    metrics.callHandedOver();
  }
  sums.tell(1, await one.values());
  sums.tell(2, await other.values());
  // Its calls go on in the other one; what it had counted stays.
  sums.lose(1, 'ended');
  const found = await samples();
  expect(found.get('callchart_stream_replaced_total')).toBe(2);
  expect(found.get('callchart_stream_gap_seconds_sum')).toBeCloseTo(1.4);
  expect(found.get('callchart_calls_resumed_total')).toBe(2);
  expect(found.get('callchart_resumed_gap_seconds_count')).toBe(2);
  expect(found.get('callchart_calls_handed_over_total')).toBe(2);
});

test('what a worker that is gone has counted stays counted, and what it had open does not', async () => {
  const { sums, samples } = house();
  const metrics = new Metrics(() => 3);
  metrics.bargedIn();
  metrics.took('tool', 100);
  sums.tell(1, await metrics.values());
  sums.lose(1, 'ended');
  for (let scrape = 0; scrape < 2; scrape++) {
    const found = await samples();
    expect(found.get('callchart_barge_ins_total')).toBe(1);
    expect(found.get('callchart_tool_seconds_count')).toBe(1);
    expect(found.get('callchart_live_calls')).toBeUndefined();
    expect(found.get('callchart_workers_lost_total{why="ended"}')).toBe(1);
  }
  const next = new Metrics(() => 1);
  next.bargedIn();
  sums.tell(2, await next.values());
  const found = await samples();
  expect(found.get('callchart_barge_ins_total')).toBe(2);
  expect(found.get('callchart_live_calls')).toBe(1);
});
