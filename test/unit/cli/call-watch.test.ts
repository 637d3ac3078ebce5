import { describe, expect, test } from 'vitest';
import type { CallNews } from '../../../src/cli/call-news.ts';
import type { CallRecord, NoRecord } from '../../../src/cli/call-record.ts';
import { CallWatch } from '../../../src/cli/call-watch.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const at = (ms: number) => new Date(START + ms).toISOString();
const line = (itemId: string, text: string, ms: number) =>
  ({ role: 'agent', itemId, text, at: at(ms), interrupted: false }) as const;

function watching(record: () => CallRecord | NoRecord) {
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
  test('tells each state at its own time and each line once, when its words are known', async () => {
    let record: CallRecord = {
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
      events: [
        { seq: 1, at: at(10), state: 'connecting' },
        { seq: 2, at: at(350), state: 'configuring' },
        { seq: 3, at: at(400), state: 'conversing.greeting' },
      ],
      transcript: [line('i1', '', 400)],
    };
    await clock.run(300);
    record = { ...record, transcript: [line('i1', 'Hello', 400)] };
    await clock.run(600);
    record = { ...record, state: 'ended', endReason: 'completed' };
    await watch.settle();
    expect(told).toEqual([
      { type: 'state', atMs: 250, state: 'connecting' },
      { type: 'state', atMs: 350, state: 'configuring' },
      { type: 'state', atMs: 400, state: 'conversing.greeting' },
      { type: 'said', atMs: 400, role: 'agent', text: 'Hello', interrupted: false },
      { type: 'state', atMs: 1200, state: 'ended' },
    ]);
    expect(watch.endReason).toBe('completed');
    expect(clock.pending).toBe(0);
  });

  test('says once why it shows nothing', async () => {
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

  test('waits for a call that the engine does not know yet, and not for ever', async () => {
    const { clock, told, watch } = watching(() => 'unknown');
    await clock.run(1000);
    const settled = watch.settle();
    await clock.run(6000);
    await settled;
    expect(told).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
