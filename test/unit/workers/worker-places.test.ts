import { describe, expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import { EngineError } from '../../../src/errors.ts';
import { WorkerPlaces } from '../../../src/services/workers/worker-places.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { pass, settled, TestWorkers } from '../../support/worker-processes.ts';

function house(count = 2) {
  const clock = new VirtualClock();
  const workers = new TestWorkers(clock);
  const lost: string[] = [];
  const log = new KeptLog();
  const places = new WorkerPlaces({
    ...{ count, clock, log },
    startProcess: workers.start,
    onOpening: ({ number }) => ({ number }),
    onLost: ({ number }, why) => lost.push(`${String(number)} ${why}`),
  });
  onTestFinished(() => places.kill());
  const listening = () => places.listening.map(({ number }) => number);
  return { clock, workers, places, lost, log, listening };
}

async function startedHouse(count = 2) {
  const made = house(count);
  await made.places.start(() => Promise.resolve());
  await settled();
  return made;
}

const told = (workers: TestWorkers) => workers.all.map((worker) => worker.told.join(' '));

describe('the places of workers', () => {
  test('the places of workers are filled before the port is free for them, and a spare one is open behind them', async () => {
    const { workers, places, listening } = house();
    const ready: string[][] = [];
    await places.start(() => {
      ready.push(told(workers));
      return Promise.resolve();
    });
    await settled();
    expect(ready).toEqual([['open', 'open']]);
    expect(told(workers)).toEqual(['open listen', 'open listen', 'open']);
    expect(listening()).toEqual([1, 2]);
  });

  test('a start fails with what keeps one of the workers from opening, and leaves none behind', async () => {
    const { workers, places } = house();
    workers.openError = new EngineError('PROFILE_INVALID', 'default.json');
    await expect(places.start(() => Promise.resolve())).rejects.toMatchObject({ code: 'PROFILE_INVALID' });
    expect(workers.all.map(({ isKilled }) => isKilled)).toEqual([true, true]);
  });

  test('a worker that ends is replaced by the spare one at once, and that by another a second later', async () => {
    const { workers, lost, listening, clock } = await startedHouse();
    workers.at(1).end({ code: 70, signal: null });
    await settled();
    expect(lost).toEqual(['1 ended']);
    expect(listening()).toEqual([2, 3]);
    await clock.run(999);
    expect(told(workers).slice(2)).toEqual(['open listen']);
    await clock.run(1);
    expect(told(workers).slice(2)).toEqual(['open listen', 'open']);
  });

  test('a worker that stands still for 5 s is killed and replaced', async () => {
    const { clock, workers, lost, listening } = await startedHouse();
    workers.at(2).beats = false;
    await pass(clock, 4900);
    expect([lost, workers.at(2).isKilled]).toEqual([[], false]);
    await pass(clock, 700);
    expect([lost, workers.at(2).isKilled]).toEqual([['2 stalled'], true]);
    expect(listening()).toEqual([1, 3]);
  });

  test('no worker is killed because the one who watches over it stood still', async () => {
    const clock = new VirtualClock();
    const due: (() => void)[] = [];
    let isAsleep = false;
    // What comes due meanwhile is done once when it wakes, as in an event loop.
    const asleep: Clock = {
      now: () => clock.now(),
      steady: () => clock.steady(),
      setTimeout: (fn, ms) =>
        clock.setTimeout(() => {
          if (isAsleep) due.push(fn);
          else fn();
        }, ms),
      clearTimeout: (id) => {
        clock.clearTimeout(id);
      },
    };
    const workers = new TestWorkers(clock);
    const lost: number[] = [];
    const places = new WorkerPlaces({
      ...{ count: 2, clock: asleep, log: new KeptLog(), startProcess: workers.start },
      onOpening: () => undefined,
      onLost: ({ number }) => lost.push(number),
    });
    onTestFinished(() => places.kill());
    await places.start(() => Promise.resolve());
    await settled();
    isAsleep = true;
    clock.advance(60_000);
    isAsleep = false;
    for (const fn of due.splice(0)) fn();
    await pass(clock, 6000);
    expect(lost).toEqual([]);
  });

  test('what a worker that was given up says later comes to nothing', async () => {
    const { clock, workers, places } = await startedHouse();
    const [first] = places.listening;
    const heard: unknown[] = [];
    first?.pipe.onTold('rows', (rows) => heard.push(rows));
    workers.at(1).far.tell('rows', 1);
    await settled();
    workers.at(1).beats = false;
    await pass(clock, 5600);
    workers.at(1).far.tell('rows', 2);
    await settled();
    expect(heard).toEqual([1]);
  });

  test('workers that end again and again are replaced after ever longer waits, until one lives', async () => {
    const { clock, workers, listening } = await startedHouse(1);
    const waits: number[] = [];
    for (let death = 0; death < 10; death++) {
      const [number = 0] = listening();
      workers.at(number).end();
      await settled();
      let waited = 0;
      for (; listening().length === 0; waited += 100) await pass(clock, 100);
      waits.push(waited);
    }
    expect(waits).toEqual([0, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000]);
    await pass(clock, 5000);
    workers.at(listening()[0] ?? 0).end();
    await settled();
    expect(listening()).toHaveLength(1);
  });

  test('a worker that cannot open is named with what keeps it, and tried again later', async () => {
    const { clock, workers, log, listening } = await startedHouse(1);
    workers.openError = new EngineError('PROFILE_INVALID', 'default.json');
    workers.at(1).end();
    await settled();
    // The spare one was open before.
    expect(listening()).toEqual([2]);
    workers.at(2).end();
    await pass(clock, 1000);
    expect(listening()).toEqual([]);
    expect(log.lines.map(({ sentence }) => sentence)).toContain('worker does not open');
    workers.openError = undefined;
    await pass(clock, 30_000);
    expect(listening()).toHaveLength(1);
  });
});

describe('replacing all workers', () => {
  test('replacing all workers has a new one listen before an old one drains, one after the other', async () => {
    const { workers, places, lost, listening } = await startedHouse();
    const replaced = places.replaceAll(40_000);
    await settled();
    // The spare one has loaded what was there before, and is not taken.
    expect(told(workers)).toEqual([
      'open listen drain {"withinMs":40000,"leavesPort":true}',
      'open listen',
      'open',
      'open listen',
    ]);
    expect(listening()).toEqual([2, 4]);
    workers.at(1).end();
    await settled();
    expect(listening()).toEqual([4, 5]);
    workers.at(2).end();
    await replaced;
    await settled();
    expect(lost).toEqual(['3 dismissed', '1 drained', '2 drained']);
    expect(told(workers).slice(3)).toEqual(['open listen', 'open listen', 'open']);
  });

  test('replacing all workers stops where a new one does not open, and the old ones go on', async () => {
    const { workers, places, listening } = await startedHouse();
    workers.openError = new EngineError('PROFILE_INVALID', 'default.json');
    await places.replaceAll(40_000);
    expect(listening()).toEqual([1, 2]);
  });

  test('a worker that does not drain in time is killed', async () => {
    const { clock, workers, places, lost } = await startedHouse(1);
    const replaced = places.replaceAll(10_000);
    await settled();
    await pass(clock, 13_900);
    expect(lost).toEqual(['2 dismissed']);
    await pass(clock, 200);
    await replaced;
    expect(lost).toEqual(['2 dismissed', '1 late']);
    expect(workers.at(1).isKilled).toBe(true);
  });

  test('who asks for all workers to be replaced while they are has them replaced once more', async () => {
    const { workers, places, listening } = await startedHouse(1);
    const first = places.replaceAll(1000);
    await settled();
    const second = places.replaceAll(1000);
    workers.at(1).end();
    await settled();
    workers.at(3).end();
    await Promise.all([first, second]);
    await settled();
    expect(told(workers).filter((words) => words.includes('drain'))).toHaveLength(2);
    expect(listening()).toHaveLength(1);
  });
});

describe('the end of all workers', () => {
  test('the end of all workers lets each drain and keep the port, and starts none for one that has ended', async () => {
    const { workers, places } = await startedHouse();
    const drained = places.drain(5000);
    await settled();
    const words = 'open listen drain {"withinMs":5000,"leavesPort":false}';
    expect(told(workers)).toEqual([words, words, 'open']);
    expect(workers.at(3).isKilled).toBe(true);
    workers.at(1).end();
    workers.at(2).end({ code: 70, signal: null });
    await drained;
    expect(workers.all).toHaveLength(3);
  });

  test('workers that are told to leave write down what they have first, and are killed when that takes too long', async () => {
    const { workers, places, clock } = await startedHouse();
    const left = places.leave(1500);
    await settled();
    expect(told(workers)).toEqual(['open listen leave', 'open listen leave', 'open leave']);
    workers.at(1).end();
    workers.at(3).end();
    await pass(clock, 1400);
    expect(workers.at(2).isKilled).toBe(false);
    await pass(clock, 200);
    expect(workers.at(2).isKilled).toBe(true);
    await left;
    expect(workers.all).toHaveLength(3);
  });

  test('the end of all workers comes at once for who asks for that, also while they drain', async () => {
    const { workers, places } = await startedHouse();
    const drained = places.drain(600_000);
    await settled();
    await places.kill();
    await drained;
    expect(workers.all.every(({ isKilled }) => isKilled)).toBe(true);
  });
});
