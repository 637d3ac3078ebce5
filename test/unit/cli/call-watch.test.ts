import { describe, expect, test } from 'vitest';
import type { CallNews } from '../../../src/cli/call-news.ts';
import type { ToldCall, NotTold } from '../../../src/cli/told-call.ts';
import { CallWatch } from '../../../src/cli/call-watch.ts';
import { NewsOrder } from '../../../src/cli/news-order.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const at = (ms: number) => new Date(START + ms).toISOString();
const line = (itemId: string, text: string, ms: number) =>
  ({ role: 'agent', itemId, text, at: at(ms), interrupted: false }) as const;

const row = (seq: number, ms: number, state: string, event = '', body = {}) => ({
  ...{ seq, at: at(ms), state, event, body },
});

function watching(record: () => ToldCall | NotTold) {
  const clock = new VirtualClock(START);
  const told: CallNews[] = [];
  const watch = new CallWatch({
    clock,
    placedAt: START,
    read: () => Promise.resolve(record()),
    tell: (news) => told.push(news),
  });
  watch.start();
  return { clock, told, watch };
}

describe('the watch on a call', () => {
  test('the watch on a call tells each state at its own time and each line once, when its words are known', async () => {
    let record: ToldCall = {
      state: 'connecting',
      endReason: undefined,
      failure: undefined,
      events: [],
      transcript: [],
    };
    const { clock, told, watch } = watching(() => record);
    await clock.run(300);
    record = {
      state: 'conversing.greeting',
      endReason: undefined,
      failure: undefined,
      events: [row(1, 10, 'connecting'), row(2, 350, 'configuring'), row(3, 400, 'conversing.greeting')],
      transcript: [line('i1', '', 400)],
    };
    await clock.run(300);
    record = { ...record, transcript: [line('i1', 'Hello', 400)] };
    await clock.run(600);
    record = { ...record, state: 'ended', endReason: 'completed' };
    await watch.settle();
    expect(told).toEqual([
      { type: 'state', atMs: 10, state: 'connecting' },
      { type: 'state', atMs: 350, state: 'configuring' },
      { type: 'state', atMs: 400, state: 'conversing.greeting' },
      { type: 'said', atMs: 400, role: 'agent', text: 'Hello', interrupted: false },
      { type: 'state', atMs: 1200, state: 'ended' },
    ]);
    expect(watch.endReason).toBe('completed');
    expect(clock.pending).toBe(0);
  });

  test('the watch on a call never goes back to a state that the call was in when it was read, before its rows', async () => {
    const states = ['connecting', 'configuring', 'conversing.greeting'];
    const rows = states.map((state, index) => row(index + 1, 10 + index * 100, state));
    const [early, late] = [rows.slice(0, 1), rows];
    let events = early;
    const { clock, told, watch } = watching(() => ({
      ...{ state: 'connecting', endReason: undefined, failure: undefined, events, transcript: [] },
    }));
    const printed: string[] = [];
    const order = new NewsOrder({
      clock,
      now: () => clock.now() - START,
      print: (news) => {
        if (news.type === 'state') printed.push(news.state);
      },
    });
    await clock.run(300);
    events = late;
    await clock.run(600);
    for (const news of told) order.take(news);
    order.flush();
    expect(printed).toEqual(states);
    expect(watch.state).toBe('conversing.greeting');
  });

  test('the watch on a call whose rows are not there yet tells no state that they would come before', async () => {
    let events: ReturnType<typeof row>[] = [];
    const { clock, told } = watching(() => ({
      ...{ state: 'configuring', endReason: undefined, failure: undefined, events, transcript: [] },
    }));
    await clock.run(300);
    events = [row(1, 10, 'connecting'), row(2, 120, 'configuring')];
    await clock.run(300);
    expect(told).toEqual([
      { type: 'state', atMs: 10, state: 'connecting' },
      { type: 'state', atMs: 120, state: 'configuring' },
    ]);
  });

  test('the watch on a call tells the calls of tools with their arguments, and what the model was told', async () => {
    const settled = { slot: 'tool.0', name: 'quote_price' };
    const request = { toolCallId: 't1', name: 'quote_price', argumentsJson: '{"service":"tune up"}' };
    const outcome = { status: 'ok', output: '{"status":"ok","result":{"price":60}}' };
    const { clock, told, watch } = watching(() => ({
      state: 'ended',
      endReason: 'completed',
      failure: undefined,
      events: [
        row(1, 100, 'ended', 'tool.requested', { request }),
        row(2, 140, 'ended', 'tool.settled', { ...settled, toolCallId: 't1', outcome }),
        row(3, 150, 'ended', 'tool.settled', { ...settled, toolCallId: 'unknown', outcome }),
        row(4, 160, 'ended', 'tool.requested', { request: { ...request, argumentsJson: '{"service":' } }),
      ],
      transcript: [],
    }));
    await clock.run(300);
    await watch.settle();
    const tool = { toolCallId: 't1', name: 'quote_price' };
    const result = { status: 'ok', result: { price: 60 } };
    expect(told.filter(({ type }) => type !== 'state')).toEqual([
      { type: 'toolCalled', atMs: 100, ...tool, arguments: { service: 'tune up' } },
      { type: 'toolSettled', atMs: 140, ...tool, status: 'ok', result, tookMs: 40 },
      { type: 'toolCalled', atMs: 160, ...tool, arguments: '{"service":' },
    ]);
  });

  test('the watch on a call says once why it shows nothing', async () => {
    const { clock, told, watch } = watching(() => 'refused');
    await clock.run(2000);
    await watch.settle();
    expect(told).toEqual([
      {
        type: 'note',
        atMs: 250,
        text: 'states and words are not shown: the engine asks for its ADMIN_TOKEN',
      },
    ]);
  });

  test('the watch on a call goes on when an engine that was gone answers again, and says of each time that it was', async () => {
    const told1: ToldCall = {
      ...{ state: 'conversing', endReason: undefined, failure: undefined },
      ...{ events: [row(1, 10, 'conversing')], transcript: [] },
    };
    let record: ToldCall | NotTold = told1;
    const { clock, told, watch } = watching(() => record);
    await clock.run(300);
    for (let n = 0; n < 2; n++) {
      record = 'unreachable';
      await clock.run(1000);
      record = told1;
      await clock.run(1000);
    }
    record = { ...told1, events: [row(2, 4400, 'ended')], state: 'ended', endReason: 'completed' };
    await watch.settle();
    expect(told.map((news) => (news.type === 'state' ? news.state : news.type))).toEqual([
      ...['conversing', 'note', 'note', 'ended'],
    ]);
    expect(watch.endReason).toBe('completed');
  });

  test('the watch on a call waits for a call that the engine does not know yet, and not for ever', async () => {
    const { clock, told, watch } = watching(() => 'unknown');
    await clock.run(1000);
    const settled = watch.settle();
    await clock.run(6000);
    await settled;
    expect(told).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
