import { describe, expect, onTestFinished, test } from 'vitest';
import { ModelCircuit } from '../../../src/services/admission/model-circuit.ts';
import { shareWriteLimits } from '../../../src/engine/sharing.ts';
import { WriteLimits } from '../../../src/services/http/write-limits.ts';
import { shareCircuit } from '../../../src/services/workers/limit-news.ts';
import { board, limitsOf } from '../../support/admission.ts';
import { row } from '../../support/call-rows.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { SiblingWorkers } from '../../support/sibling-workers.ts';
import { storeJournal } from '../../support/stored-calls.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

describe('writes to the API', () => {
  function engine(placing: number) {
    const house = new SiblingWorkers();
    const clock = new VirtualClock(1_000_000);
    const workers = [0, 1, 2].map(() => {
      const limits = new WriteLimits(clock, { placing });
      shareWriteLimits(house.join(), limits);
      return limits;
    });
    /** Asks the workers in turn; how many let it through. */
    const ask = async (name: 'placing' | 'writes', times: number) => {
      let taken = 0;
      for (let n = 0; n < times; n++) {
        try {
          workers[n % workers.length]?.take(name);
          taken++;
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'RATE_LIMITED' });
        }
        await clock.run(0);
      }
      return taken;
    };
    return { clock, ask };
  }

  test('as many calls are placed in a minute as one worker alone would place', async () => {
    const { clock, ask } = engine(10);
    expect(await ask('placing', 30)).toBe(10);
    await clock.run(59_000);
    expect(await ask('placing', 3)).toBe(0);
    await clock.run(1001);
    expect(await ask('placing', 30)).toBe(10);
  });

  test('what is counted for one kind of writes is not counted for another', async () => {
    const { ask } = engine(1);
    expect(await ask('placing', 3)).toBe(1);
    expect(await ask('writes', 90)).toBe(60);
  });
});

describe('a model that refuses the engine', () => {
  function engine() {
    const house = new SiblingWorkers();
    const clock = new VirtualClock(1_000_000);
    const join = () => {
      const circuit = new ModelCircuit({
        isFinal: (cause) => cause === 'http_401',
        clock,
        log: new KeptLog(),
      });
      shareCircuit(house.join(), circuit);
      return circuit;
    };
    const circuits = [join(), join()];
    const refuse = async (at: number, cause = 'http_401') => {
      const error = { code: 'MODEL_REFUSED', message: 'no', cause } as const;
      circuits[at]?.listen(row('model.refused', { error }));
      await clock.run(0);
    };
    const serve = async (at: number) => {
      circuits[at]?.listen(row('model.configured'));
      await clock.run(0);
    };
    return {
      house,
      clock,
      circuits,
      join,
      refuse,
      serve,
      areOpen: () => circuits.map(({ isOpen }) => isOpen),
    };
  }

  test('three refusals open the circuit of all workers, wherever they were heard', async () => {
    const { refuse, areOpen } = engine();
    await refuse(0);
    await refuse(1);
    await refuse(1, 'http_500');
    expect(areOpen()).toEqual([false, false]);
    await refuse(0);
    expect(areOpen()).toEqual([true, true]);
  });

  test('a worker that has begun later learns with the next refusal that the circuit is open', async () => {
    const { clock, circuits, join, refuse, areOpen } = engine();
    for (const at of [0, 1, 0]) await refuse(at);
    circuits.push(join());
    expect(areOpen()).toEqual([true, true, false]);
    await clock.run(60_000);
    await refuse(1);
    expect(areOpen()).toEqual([true, true, true]);
    expect(circuits[2]?.admits()).toBe(false);
  });

  test('one call a minute finds out for all workers, and one that is served closes the circuit of all', async () => {
    const { clock, circuits, refuse, serve, areOpen } = engine();
    for (const at of [0, 0, 0]) await refuse(at);
    await clock.run(60_000);
    expect(circuits[1]?.admits()).toBe(true);
    await clock.run(0);
    expect(circuits.map((circuit) => circuit.admits())).toEqual([false, false]);
    await serve(1);
    expect(areOpen()).toEqual([false, false]);
  });

  test('calls that are served are news only after a refusal', async () => {
    const { house, refuse, serve } = engine();
    await serve(0);
    expect(house.exchanges).toBe(0);
    await refuse(0);
    await serve(1);
    await serve(1);
    expect(house.exchanges).toBe(2);
  });
});

describe('calls of one number at once', () => {
  function engine(atOnce: number) {
    const { journal } = storeJournal();
    const worker = (isOneOfMany = true) => {
      const own = board(limitsOf({ callers: { atOnce } }), { journal, isOneOfMany });
      onTestFinished(async () => {
        own.desk.dismissAll();
        await own.clock.run(60_000);
      });
      return own;
    };
    return { worker };
  }
  const CALLER = '+12025550123';

  test('a number has as many calls at once in all workers together as it may have', async () => {
    const { worker } = engine(3);
    const workers = [worker(), worker()];
    const answers = [];
    for (let n = 0; n < 5; n++)
      answers.push(await workers[n % 2]?.rings(CALLER, { callSid: `CA${String(n)}` }));
    expect(answers.map((answer) => answer?.kind)).toEqual(['stream', 'stream', 'stream', 'busy', 'busy']);
    expect(answers.at(-1)?.cause).toBe('caller_at_once');
    await workers[0]?.ends('CA0');
    expect(await workers[1]?.rings(CALLER, { callSid: 'CA9' })).toMatchObject({ kind: 'stream' });
  });

  test('the calls of other numbers, and calls that were placed, are not counted for a number', async () => {
    const { worker } = engine(1);
    const [first, second] = [worker(), worker()];
    await first.rings('+12025550124', { callSid: 'CA1' });
    await first.rings('+12025550100', { callSid: 'CA2', direction: 'outbound', to: CALLER });
    await first.rings(CALLER, { callSid: 'CA4', direction: 'outbound', to: '+12025550124' });
    expect(await second.rings(CALLER, { callSid: 'CA3' })).toMatchObject({ kind: 'stream' });
  });

  test('a call that rings again is not refused for itself', async () => {
    const { worker } = engine(1);
    const first = worker();
    await first.rings(CALLER, { callSid: 'CA1' });
    expect(await first.rings(CALLER, { callSid: 'CA1' })).toMatchObject({ kind: 'stream' });
  });

  test('an engine of one process counts what it has, and nothing that the journal remembers', async () => {
    const { worker } = engine(1);
    const [before, alone] = [worker(false), worker(false)];
    await before.rings(CALLER, { callSid: 'CA1' });
    expect(await alone.rings(CALLER, { callSid: 'CA2' })).toMatchObject({ kind: 'stream' });
  });
});
