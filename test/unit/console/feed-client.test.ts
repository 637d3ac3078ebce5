import { beforeEach, describe, expect, test } from 'vitest';
import { type FeedEars, FeedClient } from '../../../console/api/feed-client.ts';
import type { FullRow } from '../../../src/protocol/console-calls.ts';
import { type LiveMessage, LiveSubscription } from '../../../src/protocol/console-live.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** The engine's end of each socket that the feed has opened. */
class FarEnd {
  readonly heard: LiveSubscription[] = [];
  isClosed = false;
  readonly #ears: FeedEars;

  constructor(ears: FeedEars) {
    this.#ears = ears;
  }

  opens() {
    this.#ears.onOpen();
  }
  says(message: LiveMessage) {
    this.#ears.onText(JSON.stringify(message));
  }
  closes() {
    this.#ears.onClose();
  }
}

const row = (seq: number): FullRow => ({
  ...{
    seq,
    at: '2026-11-25T09:00:00.000Z',
    actor: 'model',
    event: 'caller.said',
    state: 'conversing.listening',
  },
  ...{ path: 'conversing.listening.quiet', from: 'model', to: 'call', taken: [], regions: {}, body: {} },
});

let clock: VirtualClock;
let sockets: FarEnd[];
/** What the engine says, asked why a socket did not open. */
let wantsToken: boolean;
let feed: FeedClient;
const last = () => {
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error('no socket was opened');
  return socket;
};

/** Watches a call and remembers what it was told. */
function watch(callSid: string) {
  const seen: number[] = [];
  const words: string[] = [];
  const resyncs: string[] = [];
  const stop = feed.watchCall(callSid, {
    since: () => seen.at(-1) ?? 0,
    onRows: (rows) => seen.push(...rows.map(({ seq }) => seq)),
    onWords: (lines) => words.push(lines.map(({ text }) => text).join()),
    onResync: () => resyncs.push(callSid),
  });
  return { seen, words, resyncs, stop };
}

beforeEach(() => {
  clock = new VirtualClock();
  sockets = [];
  wantsToken = false;
  const timers = new Map<number, unknown>();
  feed = new FeedClient({
    connect: (ears) => {
      const far = new FarEnd(ears);
      sockets.push(far);
      return {
        send: (text) => {
          far.heard.push(LiveSubscription.parse(JSON.parse(text)));
        },
        close: () => {
          far.isClosed = true;
        },
      };
    },
    isRefused: () => Promise.resolve(wantsToken),
    setTimeout: (fn, ms) => {
      timers.set(timers.size, clock.setTimeout(fn, ms));
      return timers.size - 1;
    },
    clearTimeout: (id) => {
      clock.clearTimeout(timers.get(id));
    },
  });
});

describe('the live feed', () => {
  test('the live feed opens a socket when somebody watches, and lets it go when nobody does', () => {
    expect(sockets).toHaveLength(0);
    const stop = feed.watchList(() => undefined);
    expect(sockets).toHaveLength(1);
    last().opens();
    expect(feed.status()).toBe('open');
    stop();
    expect(last().isClosed).toBe(true);
    expect(feed.status()).toBe('idle');
  });

  test('the live feed tells what is being said in a call to those who watch it', () => {
    const [one, other] = [watch('CA1'), watch('CA2')];
    last().opens();
    last().says({
      ...{ type: 'words', callSid: 'CA1' },
      lines: [{ role: 'agent', itemId: 'i1', text: 'Hello', ahead: ' there' }],
    });
    last().says({ type: 'words', callSid: 'CA1', lines: [] });
    expect(one.words).toEqual(['Hello', '']);
    expect(other.words).toEqual([]);
  });

  test('the live feed says what is watched, and from which row on', () => {
    watch('CA1');
    last().opens();
    expect(last().heard).toEqual([{ type: 'subscribe', callSids: ['CA1'], since: { CA1: 0 } }]);
  });

  test('the live feed tells whoever watches the list what changed, and whether it is all', () => {
    const told: boolean[] = [];
    feed.watchList((_calls, isWhole) => told.push(isWhole));
    last().opens();
    last().says({ type: 'calls', isWhole: true, calls: [] });
    last().says({ type: 'calls', isWhole: false, calls: [] });
    expect(told).toEqual([true, false]);
  });

  test('the live feed tells every row of a call once, though it came twice', () => {
    const { seen } = watch('CA1');
    last().opens();
    last().says({ type: 'rows', callSid: 'CA1', rows: [row(1), row(2)] });
    last().says({ type: 'rows', callSid: 'CA1', rows: [row(2), row(3)] });
    last().says({ type: 'rows', callSid: 'CA2', rows: [row(9)] });
    expect(seen).toEqual([1, 2, 3]);
  });

  test('the live feed comes back by itself and goes on where it was', () => {
    const { seen } = watch('CA1');
    last().opens();
    last().says({ type: 'rows', callSid: 'CA1', rows: [row(1), row(2)] });
    last().closes();
    expect(feed.status()).toBe('lost');
    clock.advance(250);
    last().opens();
    expect(sockets).toHaveLength(2);
    expect(last().heard[0]?.since).toEqual({ CA1: 2 });
    last().says({ type: 'rows', callSid: 'CA1', rows: [row(3)] });
    expect(seen).toEqual([1, 2, 3]);
  });

  test('the live feed waits longer after each failure, and never longer than eight seconds', () => {
    feed.watchList(() => undefined);
    for (const pause of [250, 500, 1000, 2000, 4000, 8000, 8000]) {
      const before = sockets.length;
      last().closes();
      clock.advance(pause - 1);
      expect(sockets).toHaveLength(before);
      clock.advance(1);
      expect(sockets).toHaveLength(before + 1);
    }
  });

  test('the live feed says that the engine is gone from its loss until it is back, through every attempt', () => {
    watch('CA1');
    expect(feed.isGone()).toBe(false);
    last().opens();
    last().closes();
    expect(feed.isGone()).toBe(true);
    clock.advance(250);
    expect([feed.status(), feed.isGone()]).toEqual(['connecting', true]);
    last().closes();
    feed.retry();
    expect([feed.status(), feed.isGone()]).toEqual(['connecting', true]);
    last().opens();
    expect(feed.isGone()).toBe(false);
  });

  test('the live feed tries at once when the viewer asks', () => {
    feed.watchList(() => undefined);
    last().closes();
    feed.retry();
    expect(sockets).toHaveLength(2);
    clock.advance(60_000);
    expect(sockets).toHaveLength(2);
  });

  test('the live feed rests when the engine wants another token, until there is one', async () => {
    wantsToken = true;
    feed.watchList(() => undefined);
    last().closes();
    await expect.poll(() => feed.status()).toBe('refused');
    clock.advance(60_000);
    expect(sockets).toHaveLength(1);
    feed.retry();
    last().opens();
    expect(feed.status()).toBe('open');
  });

  test('the live feed does not ask about its token when a socket that was open is lost', async () => {
    wantsToken = true;
    feed.watchList(() => undefined);
    last().opens();
    last().closes();
    await Promise.resolve();
    expect(feed.status()).toBe('lost');
  });

  test('the live feed passes on that rows are gone', () => {
    const { resyncs } = watch('CA1');
    last().opens();
    last().says({ type: 'resync', callSid: 'CA1' });
    expect(resyncs).toEqual(['CA1']);
  });
});
