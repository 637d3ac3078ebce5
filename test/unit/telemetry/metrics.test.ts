import { expect, test } from 'vitest';
import { Metrics } from '../../../src/services/telemetry/metrics.ts';
import { metricProblems } from '../../support/prometheus-rules.ts';

const scrape = async (metrics: Metrics) => (await metrics.exposition()).text.split('\n');

test('the metrics count calls by how they ended, barge-ins, refusals and faults', async () => {
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

test('the metrics ask for the live calls at each scrape', async () => {
  let live = 0;
  const metrics = new Metrics(() => live);
  expect(await scrape(metrics)).toContain('callchart_live_calls 0');
  live = 7;
  expect(await scrape(metrics)).toContain('callchart_live_calls 7');
});

test('the metrics book latencies in seconds, on both sides of what is promised', async () => {
  const metrics = new Metrics(() => 0);
  metrics.took('clear', 59);
  metrics.took('clear', 61);
  metrics.took('modelReady', 2500);
  expect(await scrape(metrics)).toEqual(
    expect.arrayContaining([
      'callchart_clear_seconds_bucket{le="0.06"} 1',
      'callchart_clear_seconds_count 2',
      'callchart_model_ready_seconds_sum 2.5',
    ]),
  );
});

test('the metrics live beside others in the same process', async () => {
  const [first, second] = [new Metrics(() => 1), new Metrics(() => 2)];
  first.bargedIn();
  expect(await scrape(first)).toContain('callchart_barge_ins_total 1');
  expect(await scrape(second)).toContain('callchart_barge_ins_total 0');
});

test('the metrics are named, described and typed as the linter of Prometheus wants it', async () => {
  const metrics = new Metrics(() => 3);
  metrics.callStarted('inbound', false);
  metrics.refused('api', 'wrong_token');
  metrics.took('clear', 5);
  expect(metricProblems((await metrics.exposition()).text)).toEqual([]);
});

test.each([
  ['# HELP a_calls Calls\n# TYPE a_calls counter\na_calls 1', 'is a counter without the suffix _total'],
  ['# HELP a_total Calls\n# TYPE a_total gauge\na_total 1', 'has the suffix _total and is no counter'],
  ['# TYPE a_calls gauge\na_calls 1', 'has no help text'],
  ['# HELP a_calls Calls\na_calls 1', 'has no type'],
  ['# HELP a_day_minutes Open\n# TYPE a_day_minutes gauge\na_day_minutes 1', 'is not in base units'],
  ['# HELP a_ms Wait\n# TYPE a_ms gauge\na_ms 1', 'has a unit that is cut short'],
  ['# HELP a:b Calls\n# TYPE a:b gauge\na:b 1', 'has a colon, which is for rules'],
  ['# HELP a Calls\n# TYPE a gauge\na{byWhom="x"} 1', 'is written in camelCase'],
  ['# HELP a Calls\n# TYPE a gauge\na{le="1"} 1', 'has the label le and is no histogram'],
  ['# HELP a_gauge Calls\n# TYPE a_gauge gauge\na_gauge 1', 'has its type in its name'],
  ['# HELP a_count Calls\n# TYPE a_count gauge\na_count 1', 'is a gauge with a suffix of a family'],
  ['# HELP a Calls\n# TYPE a gauge\na 1\na 2', 'tells a sample twice'],
])('the fault of the exposition %j would be found', (exposition, problem) => {
  expect(metricProblems(`${exposition}\n`).map((line) => line.replace(/^\S+ /, ''))).toEqual([problem]);
});
