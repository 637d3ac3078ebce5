import { describe, expect, test } from 'vitest';
import type { FeedEntry } from '../../../src/protocol/call-feed.ts';
import { AwaitedCalls } from '../../../src/services/calls/awaited-calls.ts';
import type { CallRecord } from '../../../src/services/storage/calls.port.ts';
import { row } from '../../support/call-rows.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { storeJournal } from '../../support/stored-calls.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const NOW = Date.UTC(2026, 10, 25, 10);
const QUIET = 'conversing.listening.quiet';

/** A process that finds calls whose last rows are so old, in ms. */
async function finding(ages: Readonly<Record<string, number>>, state = QUIET) {
  const { journal } = storeJournal();
  const clock = new VirtualClock(NOW);
  for (const [callSid, age] of Object.entries(ages))
    journal.record(callSid, callOf(callSid, NOW - age, state));
  const here = new Set<string>();
  const awaited: CallRecord[] = [];
  const back: string[] = [];
  const over: string[] = [];
  const calls = new AwaitedCalls({
    ...{ journal, clock, log: new KeptLog() },
    isHere: (callSid) => here.has(callSid),
    onAwaited: (call) => awaited.push(call),
    onBack: (callSid) => back.push(callSid),
    onOver: (callSid) => over.push(callSid),
  });
  await calls.open();
  const recordOf = (callSid: string) => journal.query('call', { callSid });
  return { journal, clock, here, awaited, back, over, calls, recordOf };
}

function callOf(callSid: string, at: number, state: string): FeedEntry[] {
  const call = { callSid, agentId: 'default', direction: 'inbound', from: '+12025550123', to: '' };
  return [
    row('call.accepted', call, { at: at - 30_000, state: 'connecting' }),
    row('playback.finished', {}, { at, state }),
  ];
}

describe('calls that the process before this one left open', () => {
  test('a call whose last row is younger than a minute and a half is waited for, in the state that it stood in', async () => {
    const { awaited, recordOf } = await finding({ CA1: 89_999, CA2: 90_000 });
    expect(awaited).toMatchObject([{ callSid: 'CA1', state: QUIET }]);
    expect(await recordOf('CA1')).toMatchObject({ state: QUIET, endedAt: null });
    expect(await recordOf('CA2')).toMatchObject({ state: 'ended', endReason: 'lost' });
  });

  test('a call that does not come back ends as lost when its time is over, at the time of its last row', async () => {
    const { clock, over, recordOf } = await finding({ CA1: 60_000, CA2: 10_000 });
    await clock.run(29_999);
    expect((await recordOf('CA1'))?.endedAt).toBeNull();
    await clock.run(1);
    const endedAt = new Date(NOW - 60_000).toISOString();
    expect(await recordOf('CA1')).toMatchObject({ endReason: 'lost', endedAt });
    expect(over).toEqual(['CA1']);
    await clock.run(50_000);
    expect(await recordOf('CA2')).toMatchObject({ endReason: 'lost' });
    expect(over).toEqual(['CA1', 'CA2']);
    expect(clock.pending).toBe(0);
  });

  test('a call whose worker is gone is waited for from then on, in the state that it stood in', async () => {
    const { clock, here, awaited, over, journal, calls, recordOf } = await finding({});
    for (const callSid of ['CA1', 'CA2', 'CA3', 'CA4'])
      journal.record(callSid, callOf(callSid, NOW - 600_000, QUIET));
    await journal.transact('noteCallOver', { callSid: 'CA3', reason: 'completed', at: NOW });
    // The last was about to be accepted.
    await calls.lost(['CA1', 'CA2', 'CA3', 'CA5']);
    expect(awaited.map(({ callSid, state }) => [callSid, state])).toEqual([
      ['CA1', QUIET],
      ['CA2', QUIET],
    ]);
    here.add('CA2');
    await clock.run(89_999);
    expect((await recordOf('CA1'))?.endedAt).toBeNull();
    await clock.run(1);
    expect(await recordOf('CA1')).toMatchObject({ endReason: 'lost' });
    expect(over).toEqual(['CA1']);
    expect((await recordOf('CA2'))?.endedAt).toBeNull();
    expect((await recordOf('CA4'))?.endedAt).toBeNull();
    expect(await recordOf('CA3')).toMatchObject({ endReason: 'completed' });
    expect(clock.pending).toBe(0);
  });

  test('a call whose worker is gone while it talks with a person is waited for as long as people talk', async () => {
    const { clock, journal, calls, recordOf } = await finding({});
    journal.record('CA1', callOf('CA1', NOW - 600_000, 'transferring.connected'));
    await calls.lost(['CA1']);
    await clock.run(3_600_000);
    expect((await recordOf('CA1'))?.endedAt).toBeNull();
    await clock.run(100_000);
    expect(await recordOf('CA1')).toMatchObject({ endReason: 'lost' });
  });

  test('a call that has come back is left alone', async () => {
    const { clock, here, over, recordOf } = await finding({ CA1: 0 });
    here.add('CA1');
    await clock.run(600_000);
    expect((await recordOf('CA1'))?.endedAt).toBeNull();
    expect(over).toEqual([]);
  });

  test('a call that has ended is not waited for any more, and whoever watches it is told', async () => {
    const { clock, calls, over, journal, recordOf } = await finding({ CA1: 0 });
    await journal.transact('noteCallOver', { callSid: 'CA1', reason: 'completed', at: NOW });
    calls.forget('CA1');
    expect(over).toEqual(['CA1']);
    await clock.run(600_000);
    expect(await recordOf('CA1')).toMatchObject({ endReason: 'completed' });
  });

  test('of a call that is waited for no more whoever watches is told whether somebody has it', async () => {
    const { here, back, over, calls } = await finding({ CA1: 1000, CA2: 1000 });
    here.add('CA1');
    for (const callSid of ['CA1', 'CA2', 'CA3']) calls.forget(callSid);
    expect(back).toEqual(['CA1']);
    // The last one had been handed over: others know that it was waited for.
    expect(over).toEqual(['CA2', 'CA3']);
  });

  test('a caller who talks with a person is waited for until the two have finished', async () => {
    const { clock, awaited, recordOf } = await finding({ CA1: 1_800_000 }, 'transferring.connected');
    expect(awaited).toHaveLength(1);
    await clock.run(1_800_000);
    expect((await recordOf('CA1'))?.endedAt).toBeNull();
    await clock.run(100_000);
    expect(await recordOf('CA1')).toMatchObject({ endReason: 'lost' });
  });

  test('no clock that is set makes a call wait for longer, or for less', async () => {
    const { clock, recordOf } = await finding({ CA1: -3_600_000, CA2: 0 });
    clock.setWall(3_600_000);
    await clock.run(89_999);
    expect((await recordOf('CA2'))?.endedAt).toBeNull();
    await clock.run(1);
    expect(await recordOf('CA2')).toMatchObject({ endReason: 'lost' });
    expect(await recordOf('CA1')).toMatchObject({ endReason: 'lost' });
  });

  test('nothing is waited for when the engine ends', async () => {
    const { clock, calls, recordOf } = await finding({ CA1: 0 });
    calls.close();
    expect(clock.pending).toBe(0);
    await clock.run(600_000);
    expect((await recordOf('CA1'))?.endedAt).toBeNull();
  });
});
