import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { EventFlow } from '../../../src/services/tools/outward/event-flow.ts';
import { StreamPace } from '../../../src/services/tools/outward/stream-pace.ts';
import { settled, VirtualClock } from '../../support/virtual-clock.ts';

const MB = 1_048_576;

describe('a stream of events', () => {
  /** Writes a text over and over while time goes by; answers how much was passed on, and why it ended. */
  async function flowOf(part: string, times: number, msBetween: number) {
    const clock = new VirtualClock();
    const flow = new EventFlow(clock);
    let passed = 0;
    let problem = '';
    flow.on('data', (data: Buffer) => (passed += data.length));
    flow.on('error', ({ message }) => (problem = message));
    for (let n = 0; n < times && problem === ''; n++) {
      flow.write(part);
      await clock.run(msBetween);
    }
    flow.destroy();
    if (!flow.closed) await once(flow, 'close');
    return { passed, problem, pending: clock.pending };
  }

  test.each(['data: {"a":1}\n\n', 'data: {"a":1}\r\n\r\n', 'event: x\ndata: y\n\n'])(
    'a stream of events passes %j on as it is',
    async (event) => {
      const { passed, problem } = await flowOf(event, 1000, 100);
      expect({ passed, problem }).toEqual({ passed: event.length * 1000, problem: '' });
    },
  );

  test('a stream of events fails at an event of more than 4 MB, in one line or in many', async () => {
    for (const part of ['x'.repeat(65_536), `data: ${'x'.repeat(65_500)}\n`]) {
      const { passed, problem } = await flowOf(part, 100, 60_000);
      expect(problem).toBe('an event is too long');
      expect(passed).toBeLessThanOrEqual(4 * MB);
    }
  });

  test('a stream of events is read at 16 KB a second once it has said 256 KB', async () => {
    const { passed, problem, pending } = await flowOf(`data: ${'x'.repeat(1000)}\n\n`, 10_000, 1);
    expect(problem).toBe('');
    expect(passed).toBeGreaterThan(256 * 1024);
    expect(passed).toBeLessThan(256 * 1024 + 10 * 16_384 + 2000);
    expect(pending).toBe(0);
  });
});

describe('the pace of a stream that ends', () => {
  test('the pace of a stream that ends begins at once, then 0.5 s, doubled to 30 s; and at once after a minute', async () => {
    const clock = new VirtualClock();
    const pace = new StreamPace(clock);
    const openedAt: number[] = [];
    const open = async () => {
      void pace.next(new AbortController().signal).then(() => openedAt.push(clock.now()));
      await clock.run(30_001);
    };
    for (let n = 0; n < 9; n++) await open();
    const waits = openedAt.map((at, n) => at - n * 30_001);
    expect(waits).toEqual([0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    await clock.run(60_000);
    const before = clock.now();
    await open();
    expect(openedAt.at(-1)).toBe(before);
  });

  test('the pace of a stream that ends stops with whoever waits', async () => {
    const clock = new VirtualClock();
    const pace = new StreamPace(clock);
    await pace.next(new AbortController().signal);
    const abort = new AbortController();
    const waiting = pace.next(abort.signal);
    await settled();
    abort.abort();
    await expect(waiting).rejects.toThrow('nobody waits');
    expect(clock.pending).toBe(0);
  });
});
