import { expect, test } from 'vitest';
import { Metrics } from '../../../src/services/telemetry/metrics.ts';

const scrape = async (metrics: Metrics) => (await metrics.exposition()).text.split('\n');

test('counts calls by how they ended, barge-ins, refusals and faults', async () => {
  const metrics = new Metrics(() => 3);
  metrics.callStarted('inbound', false);
  metrics.callEnded('completed', false);
  metrics.callEnded('completed', false);
  metrics.callEnded('completed', true);
  metrics.callEnded('idle', false);
  metrics.callRefused('full');
  metrics.bargedIn();
  metrics.streamMessageIgnored('unknown');
  metrics.fault('model', 'MODEL_LOST');
  expect(await scrape(metrics)).toEqual(
    expect.arrayContaining([
      'callchart_calls_started_total{direction="inbound",test="false"} 1',
      'callchart_calls_ended_total{reason="completed",test="false"} 2',
      'callchart_calls_ended_total{reason="completed",test="true"} 1',
      'callchart_calls_ended_total{reason="idle",test="false"} 1',
      'callchart_calls_refused_total{cause="full"} 1',
      'callchart_barge_ins_total 1',
      'callchart_stream_messages_ignored_total{kind="unknown"} 1',
      'callchart_faults_total{component="model",cause="MODEL_LOST"} 1',
      'callchart_live_calls 3',
    ]),
  );
});

test('asks for the live calls at each scrape', async () => {
  let live = 0;
  const metrics = new Metrics(() => live);
  expect(await scrape(metrics)).toContain('callchart_live_calls 0');
  live = 7;
  expect(await scrape(metrics)).toContain('callchart_live_calls 7');
});

test('books latencies in seconds, on both sides of what is promised', async () => {
  const metrics = new Metrics(() => 0);
  metrics.took('clear', 59);
  metrics.took('clear', 61);
  metrics.took('modelReplaced', 2500);
  expect(await scrape(metrics)).toEqual(
    expect.arrayContaining([
      'callchart_clear_seconds_bucket{le="0.06"} 1',
      'callchart_clear_seconds_count 2',
      'callchart_model_replaced_seconds_sum 2.5',
    ]),
  );
});

test('lives beside another one in the same process', async () => {
  const [first, second] = [new Metrics(() => 1), new Metrics(() => 2)];
  first.bargedIn();
  expect(await scrape(first)).toContain('callchart_barge_ins_total 1');
  expect(await scrape(second)).toContain('callchart_barge_ins_total 0');
});
