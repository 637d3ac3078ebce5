import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { joinWorkers } from '../../../src/engine/sharing.ts';
import { ModelCircuit } from '../../../src/services/admission/model-circuit.ts';
import { AwaitedCalls, COMES_BACK_WITHIN_MS } from '../../../src/services/calls/awaited-calls.ts';
import { AwaitedSight } from '../../../src/services/live/awaited-sight.ts';
import { LiveCalls } from '../../../src/services/live/live-calls.ts';
import { LiveFeed } from '../../../src/services/live/live-feed.ts';
import { AwaitedTeller, hearAwaited } from '../../../src/services/workers/awaited-news.ts';
import { tellHandedOver } from '../../../src/services/workers/handed-over-news.ts';
import { row } from '../../support/call-rows.ts';
import { LivePage } from '../../support/live-page.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { pipePair } from '../../support/pipe-pair.ts';
import { SiblingWorkers } from '../../support/sibling-workers.ts';
import { shortCall, storeJournal } from '../../support/stored-calls.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const NOW = Date.UTC(2026, 10, 25, 10);
const STOOD = 'conversing.listening.quiet';
const BACK = 'awaitingStream.quiet';

/** Workers of one engine, and the process beside them that waits for calls that nobody has. */
function engine() {
  const { journal } = storeJournal();
  const house = new SiblingWorkers();
  const clock = new VirtualClock(NOW);
  const log = new KeptLog();
  const teller = new AwaitedTeller();
  const awaited = new AwaitedCalls({
    ...{ journal, clock, log },
    isHere: (callSid) => house.ownerOf(callSid) !== undefined,
    ...{ onAwaited: teller.onAwaited, onBack: teller.onBack, onOver: teller.onOver },
  });
  /** Time passes, and what goes through pipes with it. */
  const run = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 50) {
      await clock.run(Math.min(50, ms - passed));
      await nextTurn();
    }
    await clock.run(0);
  };
  const worker = () => {
    const siblings = house.join();
    const [near, far] = pipePair(clock);
    teller.join(near);
    const calls = new LiveCalls();
    const forget = (callSid: string) => {
      awaited.forget(callSid);
    };
    const circuit = new ModelCircuit({ isFinal: () => false, clock, log });
    const parts = { siblings, calls, circuit, journal, isDraining: () => false, forget, clock, log };
    const shared = joinWorkers(parts);
    const feed = new LiveFeed({ calls, elsewhere: shared.elsewhere, journal, clock, log });
    const sight = new AwaitedSight({ calls, feed, clock });
    hearAwaited(far, sight);
    onTestFinished(() => {
      shared.close();
      sight.close();
    });
    const has = (callSid: string, state = STOOD) => {
      siblings.has(callSid);
      const startedAt = new Date(clock.now()).toISOString();
      const parties = { direction: 'inbound', from: '+12025550123', to: '+12025550100' } as const;
      const call = { callSid, agentId: 'default', ...parties, isTest: false, startedAt };
      calls.open(call, { stateOf: () => state, wordsOf: () => [] })(row('caller.startedSpeaking'));
    };
    const begin = (callSid: string) => {
      journal.record(callSid, shortCall(callSid, { isOver: false, at: clock.now() }));
      has(callSid);
    };
    const watch = () => {
      const page = new LivePage().subscribe();
      feed.add(page.viewer);
      onTestFinished(() => {
        feed.remove(page.viewer);
      });
      return page;
    };
    const handOver = (callSid: string) => {
      journal.record(callSid, [row('handOver.requested', {}, { at: clock.now(), state: 'handedOver' })]);
      siblings.hasNoMore(callSid);
      calls.handOver(callSid, 'handedOver');
      tellHandedOver(siblings, callSid);
    };
    return { siblings, pipe: near, calls, begin, has, watch, handOver };
  };
  /** A worker is killed; the process beside it knows which calls it had. */
  const kill = ({ siblings, pipe }: ReturnType<typeof worker>, ...callSids: string[]) => {
    house.lose(siblings);
    teller.leave(pipe);
    return awaited.lost(callSids);
  };
  onTestFinished(() => {
    awaited.close();
  });
  return { clock, run, journal, awaited, worker, kill };
}

/** What a page was told of a call, one after the other. */
const told = (page: LivePage, callSid: string) =>
  page.messages.flatMap((message) =>
    message.type === 'calls' ? message.calls.filter((call) => call.callSid === callSid) : [],
  );

describe('a call that no worker has', () => {
  test('a call that no worker has is in the list of every worker, once, where it stood, with nobody on the line', async () => {
    const { run, worker, kill } = engine();
    const [first, second, third] = [worker(), worker(), worker()];
    first.begin('CA1');
    const before = second.watch();
    await run(200);
    expect(before.list.get('CA1')).toMatchObject({ isAwaited: false, speaking: 'caller' });

    await kill(first, 'CA1');
    await run(100);
    const later = third.watch();
    // Longer than a worker is believed that says nothing.
    for (const ms of [100, 5000]) {
      await run(ms);
      for (const page of [before, later]) {
        expect([...page.list.keys()]).toEqual(['CA1']);
        expect(page.list.get('CA1')).toMatchObject({ isAwaited: true, state: STOOD, speaking: null });
      }
    }
    // It was never said to have ended.
    expect(told(before, 'CA1').map(({ state }) => state)).not.toContain('ended');
  });

  test('a call that no worker has is shown where it goes on, as soon as somebody has it', async () => {
    const { run, awaited, worker, kill } = engine();
    const [first, second, third] = [worker(), worker(), worker()];
    first.begin('CA1');
    await kill(first, 'CA1');
    const pages = [second.watch(), third.watch()];
    await run(200);
    second.has('CA1', BACK);
    awaited.forget('CA1');
    for (const ms of [200, 10_000]) {
      await run(ms);
      for (const page of pages) expect(page.list.get('CA1')).toMatchObject({ isAwaited: false, state: BACK });
    }
    for (const page of pages) expect(told(page, 'CA1').map(({ state }) => state)).not.toContain('ended');
  });

  test('a call that no worker has leaves the list when it is lost, or the carrier says that it is over', async () => {
    const { run, journal, awaited, worker, kill } = engine();
    const [first, second] = [worker(), worker()];
    for (const callSid of ['CA1', 'CA2']) first.begin(callSid);
    await kill(first, 'CA1', 'CA2');
    const page = second.watch();
    await run(200);
    expect([...page.list.keys()].sort()).toEqual(['CA1', 'CA2']);
    awaited.forget('CA2');
    await run(200);
    expect([...page.list.keys()]).toEqual(['CA1']);
    await run(COMES_BACK_WITHIN_MS);
    expect(await journal.query('call', { callSid: 'CA1' })).toMatchObject({ endReason: 'lost' });
    expect(page.list.size).toBe(0);
    expect(second.calls.all()).toEqual([]);
  });

  test('a call that no worker has is known to a worker that begins later', async () => {
    const { run, worker, kill } = engine();
    const first = worker();
    first.begin('CA1');
    await kill(first, 'CA1');
    const second = worker();
    await run(100);
    const page = second.watch();
    await run(100);
    expect(page.list.get('CA1')).toMatchObject({ isAwaited: true, state: STOOD });
  });

  test('a call that no worker has and that ended where it came back is seen no more, though nobody told of it there', async () => {
    const { run, awaited, worker, kill } = engine();
    const [first, second, third] = [worker(), worker(), worker()];
    first.begin('CA1');
    await kill(first, 'CA1');
    await run(100);
    second.siblings.has('CA1');
    awaited.forget('CA1');
    await run(5000);
    expect(third.calls.all()).toEqual([]);
  });

  test('a call that was handed over is awaited for every viewer, and then where it goes on, as long as its first worker stays', async () => {
    const { run, worker } = engine();
    const [first, second, third] = [worker(), worker(), worker()];
    first.begin('CA1');
    const pages = [first, second].map((each) => each.watch());
    await run(200);
    first.handOver('CA1');
    await run(200);
    // Nobody has told the third of the call before.
    pages.push(third.watch());
    await run(200);
    for (const page of pages)
      expect(page.list.get('CA1')).toMatchObject({ isAwaited: true, state: 'handedOver', speaking: null });

    second.has('CA1', BACK);
    await run(2000);
    // A viewer that comes late is not told what the first worker once had.
    pages.push(third.watch(), first.watch());
    await run(4000);
    for (const page of pages) expect(page.list.get('CA1')).toMatchObject({ isAwaited: false, state: BACK });
    for (const page of pages) expect(told(page, 'CA1').map(({ state }) => state)).not.toContain('ended');
  });

  test('a call that was handed over leaves the list of the others when nobody asked for it', async () => {
    const { run, journal, worker } = engine();
    const [first, second] = [worker(), worker()];
    first.begin('CA1');
    const page = second.watch();
    await run(200);
    first.handOver('CA1');
    await run(COMES_BACK_WITHIN_MS - 1000);
    expect(page.list.get('CA1')).toMatchObject({ isAwaited: true });
    await run(2000);
    expect(await journal.query('call', { callSid: 'CA1' })).toMatchObject({ endReason: 'lost' });
    expect(page.list.size).toBe(0);
    expect(first.calls.all()).toEqual([]);
  });
});
