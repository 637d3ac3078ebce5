import { describe, expect, onTestFinished, test } from 'vitest';
import { shareLiveCalls } from '../../../src/engine/sharing.ts';
import type { SpokenWords } from '../../../src/protocol/console-live.ts';
import type { FeedEntry } from '../../../src/protocol/call-feed.ts';
import { LiveCalls } from '../../../src/services/live/live-calls.ts';
import { LiveFeed } from '../../../src/services/live/live-feed.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { row } from '../../support/call-rows.ts';
import { LivePage } from '../../support/live-page.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { SiblingWorkers } from '../../support/sibling-workers.ts';
import { shortCall, storeJournal } from '../../support/stored-calls.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** How soon whatever happens in a call is to be seen from every worker, in ms. */
const SEEN_WITHIN_MS = 100;

const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1);

/** Workers of one engine: each with its live calls and its feed, one journal between them. */
function engine() {
  const { journal: store } = storeJournal();
  const house = new SiblingWorkers();
  const clock = new VirtualClock(1_000_000);
  const worker = () => {
    const siblings = house.join();
    const calls = new LiveCalls();
    /** Rows wait here until this worker asks the journal something, as a real one gathers them. */
    const gathered: [string, readonly FeedEntry[]][] = [];
    const journal: Pick<Journal, 'query'> = {
      query: (name, args) => {
        for (const [callSid, rows] of gathered.splice(0)) store.record(callSid, rows);
        return store.query(name, args);
      },
    };
    const shared = shareLiveCalls({ siblings, calls, journal, clock });
    const feed = new LiveFeed({ calls, elsewhere: shared.elsewhere, journal, clock, log: new KeptLog() });
    onTestFinished(() => {
      shared.close();
    });
    const begin = (callSid: string) => {
      const sight = { state: 'conversing.listening.quiet', words: [] as SpokenWords[] };
      const identity = {
        ...{ callSid, agentId: 'default', direction: 'inbound' as const, isTest: false },
        ...{ from: '+12025550123', to: '+12025550100', startedAt: new Date(clock.now()).toISOString() },
      };
      const take = calls.open(identity, { stateOf: () => sight.state, wordsOf: () => sight.words });
      gathered.push([callSid, shortCall(callSid, { isOver: false })]);
      return {
        sight,
        happen: (state = sight.state) => {
          sight.state = state;
          gathered.push([callSid, [row('caller.committed', { itemId: 'x' })]]);
          take(row('caller.committed'));
        },
        say: (text: string) => {
          sight.words = [{ role: 'agent', itemId: 'i1', text, ahead: '' }];
        },
        end: () => {
          gathered.push([callSid, [row('call.ended', { reason: 'completed' }, { state: 'ended' })]]);
          for (const [sid, rows] of gathered.splice(0)) store.record(sid, rows);
          feed.ended(callSid);
        },
      };
    };
    const watch = (callSids: 'all' | string[] = []) => {
      const page = new LivePage().subscribe(callSids);
      feed.add(page.viewer);
      const leave = () => {
        feed.remove(page.viewer);
      };
      onTestFinished(leave);
      return Object.assign(page, { leave });
    };
    return { siblings, calls, feed, begin, watch };
  };
  return { house, clock, worker };
}

describe('the live list of every worker', () => {
  test('the live list has the calls of all workers from its first message on', async () => {
    const { worker, clock } = engine();
    const [first, second, third] = [worker(), worker(), worker()];
    first.begin('CA1');
    second.begin('CA2');
    const page = third.watch();
    await clock.run(50);
    expect(page.messages).toMatchObject([{ type: 'calls', isWhole: true }]);
    expect([...page.list.keys()].sort()).toEqual(['CA1', 'CA2']);
  });

  test('what happens in a call of another worker is in the list within 100 ms, at whatever moment', async () => {
    const { worker, clock } = engine();
    const [first, second] = [worker(), worker()];
    const page = second.watch();
    await clock.run(10);
    const call = first.begin('CA1');
    await clock.run(SEEN_WITHIN_MS);
    expect(page.list.get('CA1')?.state).toBe('conversing.listening.quiet');
    for (let moment = 0; moment < 100; moment += 7) {
      const state = `conversing.responding.${String(moment)}`;
      call.happen(state);
      await clock.run(SEEN_WITHIN_MS);
      expect(page.list.get('CA1')?.state, `${String(moment)} ms after a tick`).toBe(state);
      await clock.run(7);
    }
    call.end();
    await clock.run(SEEN_WITHIN_MS);
    expect(page.list.size).toBe(0);
  });

  test('the live list shows how busy calls of other workers are, though nothing else happens in them', async () => {
    const { worker, clock } = engine();
    const [first, second] = [worker(), worker()];
    first.begin('CA1');
    const traffic = { bytesRead: 0, bytesWritten: 0 };
    first.calls.carry('CA1', () => traffic);
    const page = second.watch();
    for (let tenth = 0; tenth < 30; tenth++) {
      traffic.bytesRead += 1650;
      traffic.bytesWritten += 1650;
      await clock.run(100);
    }
    expect(page.list.get('CA1')?.activity).toBeGreaterThan(0.9);
  });

  test('a call that goes on in another worker stays in the list, with what happens there', async () => {
    const { worker, clock, house } = engine();
    const [first, second, third] = [worker(), worker(), worker()];
    first.begin('CA1');
    const page = third.watch();
    await clock.run(100);
    house.lose(first.siblings);
    const again = second.begin('CA1');
    again.happen('conversing.responding');
    await clock.run(SEEN_WITHIN_MS);
    expect(page.list.get('CA1')?.state).toBe('conversing.responding');
    await clock.run(5000);
    expect(page.list.get('CA1')?.state).toBe('conversing.responding');
  });

  test('a call that came to the worker of the page is shown as it is there, whatever the other one told', async () => {
    const { worker, clock } = engine();
    const [first, second] = [worker(), worker()];
    const before = first.begin('CA1');
    const page = second.watch();
    await clock.run(100);
    second.begin('CA1').happen('conversing.responding');
    before.end();
    await clock.run(SEEN_WITHIN_MS);
    expect(page.list.get('CA1')?.state).toBe('conversing.responding');
    await clock.run(2000);
    expect(page.list.get('CA1')?.state).toBe('conversing.responding');
  });

  test('the calls of a worker that falls silent leave the list', async () => {
    const { worker, clock, house } = engine();
    const [first, second] = [worker(), worker()];
    first.begin('CA1');
    const page = second.watch();
    await clock.run(2000);
    expect(page.list.size).toBe(1);
    house.lose(first.siblings);
    await clock.run(3200);
    expect(page.list.size).toBe(0);
  });

  test('a worker that joins while somebody watches is asked for its calls, too', async () => {
    const { worker, clock } = engine();
    const first = worker();
    const page = first.watch();
    await clock.run(500);
    worker().begin('CA1');
    await clock.run(1100);
    expect([...page.list.keys()]).toEqual(['CA1']);
  });
});

describe('following a call of another worker', () => {
  test('its rows are told without a gap, each within 100 ms, though that worker writes them later', async () => {
    const { worker, clock } = engine();
    const [first, second] = [worker(), worker()];
    const call = first.begin('CA1');
    const [named, all] = [second.watch(['CA1']), second.watch('all')];
    await clock.run(SEEN_WITHIN_MS);
    for (const page of [named, all]) expect(page.seqs('CA1')).toEqual(upTo(14));
    for (let more = 1; more <= 20; more++) {
      call.happen();
      await clock.run(SEEN_WITHIN_MS);
      for (const page of [named, all]) expect(page.seqs('CA1')).toEqual(upTo(14 + more));
      await clock.run(more);
    }
    call.end();
    await clock.run(SEEN_WITHIN_MS);
    for (const page of [named, all]) expect(page.seqs('CA1')).toEqual(upTo(35));
  });

  test('what is being said in it is told to whoever named it, also to one who comes later', async () => {
    const { worker, clock } = engine();
    const [first, second, third] = [worker(), worker(), worker()];
    const call = first.begin('CA1');
    call.say('Hello');
    const [named, all] = [second.watch(['CA1']), second.watch('all')];
    await clock.run(300);
    call.say('Hello there');
    await clock.run(200);
    expect(named.words('CA1').map(([line]) => line?.text)).toEqual(['Hello', 'Hello there']);
    const later = third.watch(['CA1']);
    await clock.run(300);
    expect(later.words('CA1').map(([line]) => line?.text)).toEqual(['Hello there']);
    expect(all.words('CA1')).toEqual([]);
  });

  test('words are asked of no call that nobody follows', async () => {
    const { worker, clock } = engine();
    const [first, second] = [worker(), worker()];
    let asked = 0;
    first.calls.open(
      {
        ...{ callSid: 'CA1', agentId: 'default', direction: 'inbound', isTest: false },
        ...{ from: '', to: '', startedAt: new Date(0).toISOString() },
      },
      {
        stateOf: () => '',
        wordsOf: () => {
          asked++;
          return [];
        },
      },
    );
    second.watch('all');
    await clock.run(2000);
    expect(asked).toBe(0);
  });
});

describe('what workers tell each other of live calls', () => {
  test('nothing is told while nobody watches, and no timer runs', async () => {
    const { worker, clock, house } = engine();
    const [first, second] = [worker(), worker()];
    const call = first.begin('CA1');
    call.happen();
    await clock.run(5000);
    expect([house.exchanges, clock.pending]).toEqual([0, 0]);
    const page = second.watch();
    await clock.run(1000);
    expect(house.exchanges).toBeGreaterThan(0);
    page.leave();
    await clock.run(100);
    const told = house.exchanges;
    call.happen();
    await clock.run(5000);
    expect([house.exchanges, clock.pending]).toEqual([told, 0]);
    expect(second.calls.all()).toEqual([]);
  });

  test('a worker whose watcher is lost stops telling within some seconds', async () => {
    const { worker, clock, house } = engine();
    const [first, second] = [worker(), worker()];
    first.begin('CA1');
    const page = second.watch();
    await clock.run(500);
    house.lose(second.siblings);
    page.leave();
    await clock.run(4000);
    expect(clock.pending).toBe(0);
  });

  test('however much happens, it is told at most some eighty times a second', async () => {
    const { worker, clock, house } = engine();
    const [first, second] = [worker(), worker()];
    const calls = upTo(100).map((n) => first.begin(`CA${String(n)}`));
    second.watch('all');
    await clock.run(1000);
    const before = house.exchanges;
    for (let ms = 0; ms < 1000; ms += 5) {
      for (const call of calls) call.happen();
      await clock.run(5);
    }
    expect(house.exchanges - before).toBeLessThanOrEqual(85);
  });

  test('news of another version are none', async () => {
    const { worker, clock } = engine();
    const [first, second] = [worker(), worker()];
    first.begin('CA1');
    const page = second.watch();
    await clock.run(100);
    first.siblings.tellAll('live.calls', { calls: 'many' });
    await clock.run(100);
    expect([...page.list.keys()]).toEqual(['CA1']);
  });
});
