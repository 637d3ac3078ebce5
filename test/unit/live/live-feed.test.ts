import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type LiveCall,
  LiveMessage,
  LiveSubscription,
  type SpokenWords,
} from '../../../src/protocol/console-live.ts';
import { LiveCalls } from '../../../src/services/live/live-calls.ts';
import { LiveFeed } from '../../../src/services/live/live-feed.ts';
import { Viewer } from '../../../src/services/live/viewer.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { row } from '../../support/call-rows.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { SECRET_WORD, shortCall, storeJournal } from '../../support/stored-calls.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** A page that reads as fast as it is told, unless it is made to stop. */
class Page {
  bufferedAmount = 0;
  readonly messages: LiveMessage[] = [];
  readonly viewer = new Viewer(this);

  send(message: Buffer | string): void {
    this.messages.push(LiveMessage.parse(JSON.parse(String(message))));
  }

  subscribe(callSids: 'all' | string[] = [], since: Record<string, number> = {}): this {
    this.viewer.subscribe(LiveSubscription.parse({ type: 'subscribe', callSids, since }));
    return this;
  }

  /** Seqs of the rows it was told of a call, in the order told. */
  seqs(callSid: string): number[] {
    return this.messages.flatMap((message) =>
      message.type === 'rows' && message.callSid === callSid ? message.rows.map(({ seq }) => seq) : [],
    );
  }

  get lists(): LiveCall[][] {
    return this.messages.flatMap((message) => (message.type === 'calls' ? [message.calls] : []));
  }
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

function setUp() {
  const { journal } = storeJournal();
  const clock = new VirtualClock(1_000_000);
  const calls = new LiveCalls();
  const log = new KeptLog();
  let queries = 0;
  let trouble: Error | undefined;
  const counted: Pick<Journal, 'query'> = {
    query: (name, args) => {
      queries++;
      return trouble === undefined ? journal.query(name, args) : Promise.reject(trouble);
    },
  };
  const feed = new LiveFeed({ calls, journal: counted, clock, log });
  const states = new Map<string, string>();
  const words = new Map<string, SpokenWords[]>();
  const begin = (callSid: string) => {
    states.set(callSid, 'conversing.listening.quiet');
    const identity = {
      callSid,
      agentId: 'default',
      direction: 'inbound' as const,
      from: '+12025550123',
      to: '+12025550100',
      isTest: false,
      startedAt: new Date(clock.now()).toISOString(),
    };
    const take = calls.open(identity, {
      stateOf: () => states.get(callSid) ?? '',
      wordsOf: () => words.get(callSid) ?? [],
    });
    const rows = shortCall(callSid, { isOver: false });
    journal.record(callSid, rows);
    return {
      take,
      /** Something happens: it is told, and a row of it is written. */
      happen: (times = 1) => {
        for (let i = 0; i < times; i++) {
          journal.record(callSid, [row('caller.committed', { itemId: 'x' })]);
          take(row('caller.committed'));
        }
      },
    };
  };
  const watch = (page: Page) => {
    feed.add(page.viewer);
    onTestFinished(() => {
      feed.remove(page.viewer);
    });
    return page;
  };
  return {
    ...{ journal, clock, calls, feed, log, states, words, begin, watch },
    asked: () => queries,
    refuse: (why: Error | undefined) => {
      trouble = why;
    },
  };
}

describe('words', () => {
  const saying = (text: string, ahead = ''): SpokenWords => ({ role: 'agent', itemId: 'i1', text, ahead });
  const wordsTold = (page: Page) =>
    page.messages.flatMap((message) => (message.type === 'words' ? [message.lines] : []));

  test('words of a live call are told while they are spoken, at each change, to whoever named the call', async () => {
    const { begin, watch, clock, words } = setUp();
    begin('CA1');
    words.set('CA1', [saying('', 'Hello there')]);
    const [page, elsewhere, everywhere] = [
      watch(new Page().subscribe(['CA1'])),
      watch(new Page().subscribe(['CA2'])),
      watch(new Page().subscribe('all')),
    ];
    await clock.run(1000);
    words.set('CA1', [saying('Hello', ' there')]);
    await clock.run(1000);
    words.set('CA1', []);
    await clock.run(1000);
    expect(wordsTold(page)).toEqual([[saying('', 'Hello there')], [saying('Hello', ' there')], []]);
    expect(wordsTold(elsewhere)).toEqual([]);
    expect(wordsTold(everywhere)).toEqual([]);
  });

  test('words of a live call are told at most ten times a second, and not asked for where nobody looks', async () => {
    const { begin, watch, clock, calls, feed } = setUp();
    begin('CA1');
    let asked = 0;
    calls.open(
      {
        ...{ callSid: 'CA3', agentId: 'default', direction: 'inbound' },
        ...{ from: '', to: '', isTest: false, startedAt: new Date(0).toISOString() },
      },
      { stateOf: () => '', wordsOf: () => [saying(String(++asked))] },
    );
    watch(new Page().subscribe('all'));
    await clock.run(1000);
    expect(asked).toBe(0);
    const page = watch(new Page().subscribe(['CA3']));
    await clock.run(1000);
    expect(asked).toBeLessThanOrEqual(11);
    feed.remove(page.viewer);
    await clock.run(1000);
    expect(asked).toBeLessThanOrEqual(11);
  });

  test('words of a live call are told anew to a page that subscribes anew, and not to one that does not read', async () => {
    const { begin, watch, clock, words } = setUp();
    begin('CA1');
    words.set('CA1', [saying('Hello')]);
    const page = watch(new Page().subscribe(['CA1']));
    await clock.run(200);
    page.subscribe(['CA1'], { CA1: 14 });
    await clock.run(200);
    expect(wordsTold(page)).toEqual([[saying('Hello')], [saying('Hello')]]);
    page.bufferedAmount = 2 * 1024 * 1024;
    words.set('CA1', [saying('Hello there')]);
    await clock.run(200);
    expect(wordsTold(page)).toHaveLength(2);
    page.bufferedAmount = 0;
    await clock.run(200);
    expect(wordsTold(page)).toHaveLength(3);
  });
});

describe('rows', () => {
  test('rows are told from the first, then as they come, without a gap or a double', async () => {
    const { begin, watch, clock } = setUp();
    const call = begin('CA1');
    const page = watch(new Page().subscribe(['CA1']));
    await clock.run(100);
    expect(page.seqs('CA1')).toEqual(upTo(14));
    call.happen(3);
    await clock.run(60);
    call.happen();
    await clock.run(60);
    expect(page.seqs('CA1')).toEqual(upTo(18));
  });

  test('rows of the live feed go on where a page that lost its connection says it was', async () => {
    const { begin, watch, clock, feed } = setUp();
    const call = begin('CA1');
    const first = watch(new Page().subscribe(['CA1']));
    await clock.run(100);
    feed.remove(first.viewer);
    call.happen(5);
    await clock.run(1000);
    const second = watch(new Page().subscribe(['CA1'], { CA1: 14 }));
    await clock.run(100);
    expect(second.seqs('CA1')).toEqual(upTo(19, 15));
  });

  test('rows of a call that has ended are told once', async () => {
    const { journal, watch, clock, asked } = setUp();
    journal.record('CA9', shortCall('CA9'));
    const page = watch(new Page().subscribe(['CA9', 'CA404']));
    await clock.run(2000);
    expect(page.seqs('CA9')).toEqual(upTo(15));
    expect(asked()).toBe(1);
  });

  test('rows that were written while others were being read are told with the next', async () => {
    const { begin, clock, journal, calls, log } = setUp();
    const call = begin('CA1');
    let isFirst = true;
    const feed = new LiveFeed({
      ...{ calls, clock, log },
      journal: {
        query: (name, args) =>
          journal.query(name, args).then((answer) => {
            if (isFirst) call.happen(); // After they were read, before they are told.
            isFirst = false;
            return answer;
          }),
      },
    });
    const page = new Page().subscribe(['CA1']);
    feed.add(page.viewer);
    await clock.run(200);
    feed.remove(page.viewer);
    expect(page.seqs('CA1')).toEqual(upTo(15));
  });

  test('rows of all calls are told to whoever wants them, of new calls too, until each has ended', async () => {
    const { begin, watch, clock, feed, journal } = setUp();
    begin('CA1');
    const page = watch(new Page().subscribe('all'));
    await clock.run(100);
    const later = begin('CA2');
    await clock.run(100);
    later.happen(120);
    journal.record('CA2', [row('call.ended', { reason: 'completed' }, { state: 'ended' })]);
    feed.ended('CA2');
    await clock.run(500);
    expect(page.seqs('CA1')).toEqual(upTo(14));
    expect(page.seqs('CA2')).toEqual(upTo(135));
  });

  test('rows hold what was said for whoever named the call, and its shape for those who follow all', async () => {
    const { begin, watch, clock, asked } = setUp();
    begin('CA1');
    const [named, all] = [watch(new Page().subscribe(['CA1'])), watch(new Page().subscribe('all'))];
    await clock.run(100);
    expect(asked()).toBe(1);
    expect(named.seqs('CA1')).toEqual(all.seqs('CA1'));
    expect(JSON.stringify(named.messages)).toContain(SECRET_WORD);
    expect(JSON.stringify(all.messages.filter(({ type }) => type === 'rows'))).not.toContain(SECRET_WORD);
    expect(JSON.stringify(all.messages.filter(({ type }) => type === 'rows'))).not.toContain('2025550123');
  });

  test('rows of the live feed are told on in other shape when the page asks for another, without a gap', async () => {
    const { begin, watch, clock } = setUp();
    const call = begin('CA1');
    const page = watch(new Page().subscribe(['CA1']));
    await clock.run(100);
    call.happen(3);
    page.subscribe('all');
    await clock.run(100);
    page.subscribe(['CA1']);
    call.happen(3);
    await clock.run(100);
    expect(page.seqs('CA1')).toEqual(upTo(20));
  });

  test('rows of few calls are not held up by a page that follows hundreds', async () => {
    const { begin, watch, clock } = setUp();
    const greedy = watch(new Page().subscribe('all'));
    const calls = upTo(200).map((n) => begin(`CA${String(n)}`));
    const modest = watch(new Page().subscribe(['CA150']));
    await clock.run(100);
    expect(modest.seqs('CA150')).toEqual(upTo(14));
    for (let ms = 0; ms < 2000; ms += 50) {
      for (const call of calls) call.happen();
      await clock.run(50);
    }
    await clock.run(50);
    // Every row within two ticks, while the other is calls behind.
    expect(modest.seqs('CA150').length).toBeGreaterThanOrEqual(14 + 38);
    expect(greedy.seqs('CA199').length).toBeGreaterThan(14);
  });

  test('rows of the live feed are read once for all pages that are as far, and not at all without a page', async () => {
    const { begin, watch, clock, asked, feed } = setUp();
    const call = begin('CA1');
    call.happen(10);
    await clock.run(5000);
    expect(asked()).toBe(0);
    expect(clock.pending).toBe(0);
    const pages = upTo(10).map(() => watch(new Page().subscribe(['CA1'])));
    await clock.run(100);
    expect(asked()).toBe(1);
    for (const page of pages) {
      expect(page.seqs('CA1')).toEqual(upTo(24));
      feed.remove(page.viewer);
    }
    await clock.run(1000);
    expect(clock.pending).toBe(0);
  });

  test('rows of the live feed come at most twenty times a second, however many there are', async () => {
    const { begin, watch, clock } = setUp();
    const call = begin('CA1');
    const page = watch(new Page().subscribe(['CA1']));
    await clock.run(100);
    page.messages.length = 0;
    for (let ms = 0; ms < 1000; ms += 5) {
      call.happen();
      await clock.run(5);
    }
    await clock.run(100);
    expect(page.seqs('CA1')).toEqual(upTo(214, 15));
    expect(page.messages.length).toBeLessThanOrEqual(30);
  });

  test('rows that are far behind are not told: the page reads the call anew', async () => {
    const { begin, watch, clock } = setUp();
    begin('CA1').happen(2100);
    const page = watch(new Page().subscribe(['CA1']));
    await clock.run(200);
    expect(page.messages.filter(({ type }) => type !== 'calls')).toEqual([
      { type: 'resync', callSid: 'CA1' },
    ]);
    page.subscribe(['CA1'], { CA1: 2110 });
    await clock.run(200);
    expect(page.seqs('CA1')).toEqual(upTo(2114, 2111));
  });

  test('rows that the journal refuses are told when it gives them', async () => {
    const { begin, watch, clock, refuse, log } = setUp();
    begin('CA1');
    refuse(new Error('disk'));
    const page = watch(new Page().subscribe(['CA1']));
    await clock.run(300);
    expect(page.seqs('CA1')).toEqual([]);
    expect(log.lines.length).toBeGreaterThan(0);
    refuse(undefined);
    await clock.run(100);
    expect(page.seqs('CA1')).toEqual(upTo(14));
  });
});

describe('a page that does not read', () => {
  test('a page that does not read is told nothing while 1 MB waits, delays nobody, and goes on without a gap', async () => {
    const { begin, watch, clock } = setUp();
    const call = begin('CA1');
    const [slow, quick] = [watch(new Page().subscribe(['CA1'])), watch(new Page().subscribe(['CA1']))];
    await clock.run(100);
    slow.bufferedAmount = 2 ** 20 + 1;
    call.happen(10);
    await clock.run(1000);
    expect(slow.seqs('CA1')).toEqual(upTo(14));
    expect(quick.seqs('CA1')).toEqual(upTo(24));
    slow.bufferedAmount = 0;
    await clock.run(150);
    expect(slow.seqs('CA1')).toEqual(upTo(24));
    expect(slow.messages.filter((message) => message.type === 'calls' && message.isWhole)).toHaveLength(2);
  });
});

describe('the list', () => {
  test('the live list is told whole at first, then what changed of it', async () => {
    const { begin, watch, clock, states, feed } = setUp();
    const call = begin('CA1');
    begin('CA2');
    const page = watch(new Page().subscribe());
    await clock.run(500);
    expect(page.messages).toMatchObject([
      { type: 'calls', isWhole: true, calls: [{ callSid: 'CA1' }, { callSid: 'CA2' }] },
    ]);
    states.set('CA1', 'conversing.responding');
    call.take(row('playback.started'));
    await clock.run(100);
    states.set('CA2', 'ended');
    await clock.run(200);
    feed.ended('CA2');
    await clock.run(500);
    expect(page.messages.slice(1)).toMatchObject([
      { isWhole: false, calls: [{ callSid: 'CA1', state: 'conversing.responding', speaking: 'agent' }] },
      { isWhole: false, calls: [{ callSid: 'CA2', state: 'ended', speaking: null }] },
    ]);
    page.subscribe();
    await clock.run(100);
    expect(page.messages.at(-1)).toMatchObject({ isWhole: true, calls: [{ callSid: 'CA1' }] });
  });

  test.each([
    [['caller.startedSpeaking'], 'caller'],
    [['caller.startedSpeaking', 'caller.stoppedSpeaking'], null],
    [['playback.started'], 'agent'],
    [['playback.started', 'playback.finished'], null],
    [['playback.started', 'playback.paused'], null],
    [['playback.started', 'caller.startedSpeaking', 'playback.cleared'], 'caller'],
    [['playback.started', 'caller.stoppedSpeaking'], 'agent'],
  ])('the live list says after %j that %s is heard', async (facts, speaking) => {
    const { begin, watch, clock } = setUp();
    const { take } = begin('CA1');
    facts.forEach((type) => {
      take(row(type));
    });
    const page = watch(new Page().subscribe());
    await clock.run(100);
    expect(page.lists[0]?.[0]?.speaking).toBe(speaking);
  });

  test('the live list says how busy the socket of a call is, from what Node counts', async () => {
    const { begin, watch, clock, calls } = setUp();
    begin('CA1');
    const traffic = { bytesRead: 0, bytesWritten: 0 };
    calls.carry('CA1', () => traffic);
    const page = watch(new Page().subscribe());
    const shown = () => page.lists.at(-1)?.[0]?.activity;
    await clock.run(100);
    expect(shown()).toBe(0);
    for (let tenth = 0; tenth < 20; tenth++) {
      traffic.bytesRead += 1650;
      traffic.bytesWritten += 1650;
      await clock.run(100);
    }
    expect(shown()).toBeGreaterThanOrEqual(0.9);
    await clock.run(2000);
    expect(shown()).toBe(0);
  });

  test('the live list of calls at rest is not told again', async () => {
    const { begin, watch, clock } = setUp();
    for (const callSid of ['CA1', 'CA2', 'CA3']) begin(callSid);
    const page = watch(new Page().subscribe());
    await clock.run(10_000);
    expect(page.messages).toHaveLength(1);
  });
});

test('the live feed forgets calls that ended unseen', () => {
  const { begin, calls, feed } = setUp();
  begin('CA1');
  feed.ended('CA1');
  expect([...calls.all()]).toEqual([]);
});
