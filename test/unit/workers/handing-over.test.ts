import { describe, expect, onTestFinished, test } from 'vitest';
import { shareCalls } from '../../../src/engine/sharing.ts';
import { COMES_BACK_WITHIN_MS } from '../../../src/services/calls/awaited-calls.ts';
import { endAsLost } from '../../../src/services/calls/stale-calls.ts';
import type { IncomingCall } from '../../../src/services/desk/desk.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { HandedOverCalls } from '../../../src/services/workers/handed-over-news.ts';
import { SiblingSuccessors } from '../../../src/services/workers/successor-news.ts';
import { board, limitsOf, TEN } from '../../support/admission.ts';
import { audible, finished, heardAll, speechStarted, started } from '../../support/call-chart.ts';
import { bodiesOf } from '../../support/call-rows.ts';
import { SiblingWorkers } from '../../support/sibling-workers.ts';
import { storeJournal } from '../../support/stored-calls.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const CALLER = '+12025550123';
const SID = `CA${'1'.repeat(32)}`;
const DRAIN_MS = 40_000;

type Board = ReturnType<typeof board>;

/** Workers of one engine, with one journal and one clock. */
function engine({
  journal = storeJournal().journal,
  release,
}: { journal?: Journal; release?: () => Promise<void> } = {}) {
  const house = new SiblingWorkers();
  const clock = new VirtualClock(TEN);
  const worker = () => {
    const siblings = house.join();
    const successors = new SiblingSuccessors({ siblings, isDraining: () => own.desk.isDraining, clock });
    const own: Board = board(limitsOf(), { journal, clock, successors, ...(release && { release }) });
    const desk = shareCalls({ siblings, registry: own.registry, desk: own.desk, successors });
    const handedOver = new HandedOverCalls({
      ...{ siblings, clock, log: own.log, comesBackWithinMs: COMES_BACK_WITHIN_MS },
      ...{ onHandedOver: () => Promise.resolve(), forget: () => undefined },
      giveUp: (callSid) => endAsLost(journal, callSid),
    });
    onTestFinished(async () => {
      handedOver.close();
      own.desk.dismissAll();
      await clock.run(60_000);
    });
    const ring = (more: Partial<IncomingCall> = {}) =>
      desk.answer({
        ...{ callSid: SID, direction: 'inbound', from: CALLER, to: '+12025550100', peer: 'carrier' },
        ...more,
      });
    const stateOf = (callSid = SID) => own.registry.find(callSid)?.running.state;
    const asks = (callSid = SID) => desk.afterStream({ callSid, over: undefined });
    return { ...own, own: own.desk, desk, siblings, ring, stateOf, asks };
  };
  const record = (callSid = SID) => journal.query('call', { callSid });
  const rows = (callSid = SID) => journal.query('events', { callSid });
  return { house, clock, journal, worker, record, rows };
}

type Worker = ReturnType<ReturnType<typeof engine>['worker']>;

async function greeted(worker: Worker, callSid = SID, from = CALLER): Promise<void> {
  await worker.ring({ callSid, from });
  worker.isGreeted(callSid);
}

/** The worker is told to end. */
function drains({ own }: Worker): { isOver: boolean; readonly over: Promise<void> } {
  const over = own.drain(DRAIN_MS);
  const drain = { isOver: false, over };
  void over.then(() => (drain.isOver = true));
  return drain;
}

describe('a worker that is to end, beside one that goes on', () => {
  test('hands a call over after a second of silence, and ends itself', async () => {
    const { worker, clock, rows, record } = engine();
    const [first, second] = [worker(), worker()];
    await greeted(first);
    const drain = drains(first);
    await clock.run(900);
    expect(first.stateOf()).toBe('conversing.listening.quiet');
    await clock.run(200);
    expect(first.registry.size).toBe(0);
    expect(drain.isOver).toBe(true);
    expect(await second.siblings.ownerOf(SID)).toBeUndefined();
    expect(first.orders.get(SID)).not.toContainEqual(expect.objectContaining({ type: 'leaveStream' }));
    expect((await rows()).at(-1)).toMatchObject({ event: 'handOver.requested', state: 'handedOver' });
    expect(await record()).toMatchObject({ state: 'handedOver', endedAt: null });
  });

  test('has the other bring it back where it was, without a word, when the carrier asks', async () => {
    const { worker, clock, rows } = engine();
    const [first, second] = [worker(), worker()];
    await greeted(first);
    first.tells(
      SID,
      ...[speechStarted, { type: 'caller.committed' as const, itemId: 'u2' }],
      { type: 'caller.said', itemId: 'u2', text: 'My name is Ann.' },
      ...[started('reply'), audible, finished('reply'), heardAll],
    );
    drains(first);
    await clock.run(1500);
    expect(await second.asks()).toMatchObject({ kind: 'stream' });
    expect(second.stateOf()).toBe('awaitingStream.quiet');
    const [resumed] = bodiesOf(await rows(), 'call.resumed');
    expect(resumed).toMatchObject({ owed: 'nothing', resumes: 0 });
    second.tells(SID, { type: 'model.configured' }, { type: 'phone.attached', streamSid: 'MZ2' });
    expect(second.stateOf()).toBe('conversing.listening.quiet');
    const orders = second.orders.get(SID)?.map(({ type }) => type);
    expect(orders).not.toContain('createResponse');
    expect(await second.siblings.ownerOf(SID)).toBe(second.siblings.own);
  });

  test('may hand the same call over again and again: nothing was lost by that', async () => {
    const { worker, clock } = engine();
    let [here, next] = [worker(), worker()];
    await greeted(here);
    for (let times = 0; times < 6; times++) {
      const drain = drains(here);
      await clock.run(1200);
      expect(drain.isOver).toBe(true);
      expect(await next.asks()).toMatchObject({ kind: 'stream' });
      next.tells(SID, { type: 'model.configured' }, { type: 'phone.attached', streamSid: 'MZ2' });
      expect(next.stateOf()).toBe('conversing.listening.quiet');
      [here, next] = [next, worker()];
    }
  });

  test('waits for the end of what is being said, and of the answer to it', async () => {
    const { worker, clock } = engine();
    const [first] = [worker(), worker()];
    await greeted(first);
    first.tells(SID, speechStarted);
    const drain = drains(first);
    await clock.run(5000);
    expect(first.stateOf()).toBe('conversing.listening.callerSpeaking.talking');
    first.tells(
      SID,
      { type: 'caller.committed', itemId: 'u2' },
      { type: 'caller.said', itemId: 'u2', text: 'Hi' },
    );
    first.tells(SID, started('reply'), audible);
    await clock.run(5000);
    expect(first.stateOf()).toBe('conversing.responding');
    first.tells(SID, finished('reply'), heardAll);
    await clock.run(1100);
    expect([first.registry.size, drain.isOver]).toEqual([0, true]);
  });

  test('takes a pause for breath when half of its time has passed', async () => {
    const { worker, clock } = engine();
    const [first] = [worker(), worker()];
    await greeted(first);
    const drain = drains(first);
    const talks = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 500) {
        first.tells(SID, speechStarted);
        await clock.run(100);
        first.tells(SID, { type: 'caller.committed', itemId: 'u2' });
        first.tells(SID, { type: 'caller.said', itemId: 'u2', text: 'Hi' });
        first.tells(SID, started('reply'), audible, finished('reply'), heardAll);
        await clock.run(400);
      }
    };
    await talks(19_500);
    expect(first.registry.size).toBe(1);
    await talks(1500);
    expect([first.registry.size, drain.isOver]).toEqual([0, true]);
  });

  test('ends no call that has had no quiet moment when its time is up: the other brings it back', async () => {
    const { worker, house, clock, record, rows } = engine();
    const [first, second] = [worker(), worker()];
    await greeted(first);
    first.tells(SID, speechStarted);
    const drain = drains(first);
    await clock.run(DRAIN_MS + 3000);
    expect([drain.isOver, first.registry.size]).toEqual([true, 1]);
    expect(first.stateOf()).toBe('conversing.listening.callerSpeaking.talking');
    expect(await record()).toMatchObject({ endedAt: null });
    // Its process ends.
    house.lose(first.siblings);
    expect(await second.asks()).toMatchObject({ kind: 'stream' });
    expect(bodiesOf(await rows(), 'call.resumed')).toMatchObject([{ owed: 'reply' }]);
  });

  test('ends the call of a page when its time is up, whoever goes on', async () => {
    const { worker, clock, record } = engine();
    const [first] = [worker(), worker()];
    await first.ring({ peer: 'page' });
    first.isGreeted(SID);
    const drain = drains(first);
    await clock.run(DRAIN_MS + 3000);
    expect([drain.isOver, first.registry.size]).toEqual([true, 0]);
    expect(await record()).toMatchObject({ state: 'ended', endReason: 'operator' });
  });

  test('hears who goes on also when it has no time, and ends no call then', async () => {
    const { worker, clock, record } = engine();
    const [first] = [worker(), worker()];
    await greeted(first);
    first.tells(SID, speechStarted);
    const drain = { isOver: false };
    void first.own.drain(0).then(() => (drain.isOver = true));
    await clock.run(300);
    expect(drain.isOver).toBe(true);
    expect(await record()).toMatchObject({ endedAt: null });
  });

  test('hands over one call at a time, all of them within some seconds', async () => {
    const { worker, clock } = engine();
    const [first] = [worker(), worker()];
    for (let n = 100; n < 150; n++) await greeted(first, `CA${String(n)}`, `+12025550${String(n)}`);
    const drain = drains(first);
    await clock.run(1200);
    expect(first.registry.size).toBeGreaterThanOrEqual(44);
    await clock.run(3000);
    expect([first.registry.size, drain.isOver]).toEqual([0, true]);
  });

  test('leaves the call of a page to its end: no carrier asks for it', async () => {
    const { worker, clock } = engine();
    const [first] = [worker(), worker()];
    await first.ring({ peer: 'page' });
    first.isGreeted(SID);
    drains(first);
    await clock.run(5000);
    expect(first.stateOf()).toBe('conversing.listening.quiet');
  });

  test('sends a new call, and one that comes back, to the other', async () => {
    const { worker, clock } = engine();
    const [first, second] = [worker(), worker()];
    await first.ring({ callSid: 'CA9' });
    await greeted(first);
    drains(first);
    await clock.run(1200);
    expect(await first.ring({ callSid: 'CA2' })).toMatchObject({ kind: 'stream' });
    expect(await first.asks()).toMatchObject({ kind: 'stream' });
    expect([second.stateOf('CA2'), second.stateOf()]).toEqual(['connecting', 'awaitingStream.quiet']);
    expect(await first.siblings.ownerOf('CA2')).toBe(second.siblings.own);
    expect(await second.siblings.ownerOf(SID)).toBe(second.siblings.own);
    expect(first.stateOf('CA9')).toBe('connecting');
  });

  test('brings back no call that it has handed over, whoever still believes that it is there', async () => {
    const { worker, clock } = engine();
    const [first, second] = [worker(), worker()];
    await greeted(first);
    drains(first);
    await clock.run(1200);
    const asked = second.siblings.ask(first.siblings.own, 'desk.afterStream', { callSid: SID });
    await expect(asked).rejects.toMatchObject({ code: 'SIBLING_LOST' });
    expect(first.registry.size).toBe(0);
    first.siblings.has(SID);
    expect(await second.asks()).toMatchObject({ kind: 'stream' });
    expect([first.registry.size, second.registry.size]).toEqual([0, 1]);
  });

  test('is asked for a call no sooner than the journal has all of it', async () => {
    const { journal } = storeJournal();
    let store: (() => void) | undefined;
    const query: Journal['query'] = (name, args) => {
      if (name !== 'rowsAfter' || store !== undefined) return journal.query(name, args);
      const isStored = new Promise<void>((resolve) => (store = resolve));
      return isStored.then(() => journal.query(name, args));
    };
    const { worker, clock } = engine({ journal: { ...journal, query } });
    const [first, second] = [worker(), worker()];
    await greeted(first);
    drains(first);
    await clock.run(1200);
    expect(first.stateOf()).toBe('handedOver');
    const asked = second.asks();
    await clock.run(100);
    expect(second.registry.size).toBe(0);
    store?.();
    expect(await asked).toMatchObject({ kind: 'stream' });
    expect([first.registry.size, second.registry.size]).toEqual([0, 1]);
  });
});

describe('a call that was handed over', () => {
  test('is brought back no sooner than what it held open is closed, as its recording', async () => {
    let close: (() => void) | undefined;
    const release = () => new Promise<void>((resolve) => (close = resolve));
    const { worker, clock } = engine({ release });
    const [first, second] = [worker(), worker()];
    await greeted(first);
    const drain = drains(first);
    await clock.run(1200);
    const asked = second.asks();
    await clock.run(100);
    expect([second.registry.size, drain.isOver]).toEqual([0, false]);
    close?.();
    expect(await asked).toMatchObject({ kind: 'stream' });
    expect(second.registry.size).toBe(1);
  });

  test('ends as lost when the carrier does not ask for a minute and a half', async () => {
    const { worker, clock, record } = engine();
    const [first] = [worker(), worker()];
    await greeted(first);
    drains(first);
    await clock.run(80_000);
    expect(await record()).toMatchObject({ endedAt: null });
    await clock.run(12_000);
    expect(await record()).toMatchObject({ state: 'ended', endReason: 'lost' });
  });

  test('is not ended by those who waited for it when another has it', async () => {
    const { worker, clock, record } = engine();
    const [first, second] = [worker(), worker(), worker()];
    await greeted(first);
    drains(first);
    await clock.run(1200);
    await second.asks();
    second.tells(SID, { type: 'model.configured' }, { type: 'phone.attached', streamSid: 'MZ2' });
    for (let passed = 0; passed < 95_000; passed += 5000) {
      second.tells(SID, speechStarted, { type: 'caller.committed', itemId: 'u2' });
      second.tells(SID, { type: 'caller.said', itemId: 'u2', text: 'Hi' });
      second.tells(SID, started('reply'), audible, finished('reply'), heardAll);
      await clock.run(5000);
    }
    expect(await record()).toMatchObject({ endedAt: null });
  });

  test('is over at once when the carrier says so, whichever worker hears it', async () => {
    const { worker, clock, record } = engine();
    const [first, second] = [worker(), worker()];
    await greeted(first);
    drains(first);
    await clock.run(1200);
    await second.desk.status({ of: 'call', callSid: SID, status: 'completed', over: 'caller_hung_up' });
    expect(await record()).toMatchObject({ state: 'ended', endReason: 'caller_hung_up' });
    expect(await second.asks()).toEqual({ kind: 'hangup' });
  });
});

describe('a worker that is to end, and nobody who goes on', () => {
  test('keeps its calls, and ends what is left when its time is up', async () => {
    const { worker, clock, record } = engine();
    const first = worker();
    await greeted(first);
    const drain = drains(first);
    await clock.run(10_000);
    expect(first.registry.size).toBe(1);
    await clock.run(DRAIN_MS);
    expect(drain.isOver).toBe(true);
    expect(await record()).toMatchObject({ endReason: 'operator' });
  });

  test('keeps its calls when whoever would have gone on is gone before', async () => {
    const { worker, clock, house } = engine();
    const [first, second] = [worker(), worker()];
    await greeted(first);
    first.tells(SID, speechStarted);
    drains(first);
    await clock.run(1500);
    house.lose(second.siblings);
    await clock.run(4000);
    first.tells(SID, { type: 'caller.committed', itemId: 'u2' });
    first.tells(SID, { type: 'caller.said', itemId: 'u2', text: 'Hi' });
    first.tells(SID, started('reply'), audible, finished('reply'), heardAll);
    await clock.run(5000);
    expect(first.stateOf()).toBe('conversing.listening.quiet');
  });

  test('keeps its calls while all are to end at once', async () => {
    const { worker, clock } = engine();
    const [first, second] = [worker(), worker()];
    await greeted(first);
    drains(first);
    drains(second);
    await clock.run(10_000);
    expect(first.stateOf()).toBe('conversing.listening.quiet');
    expect(await first.ring({ callSid: 'CA2' })).toMatchObject({ kind: 'busy', cause: 'draining' });
  });
});
