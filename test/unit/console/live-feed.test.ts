import { beforeEach, describe, expect, test } from 'vitest';
import { type FeedEars, LiveFeed } from '../../../src/inspector/console/api/live-feed.ts';
import type { FullRow } from '../../../src/protocol/console-calls.ts';
import { LIVE_CLOSE, type LiveMessage, LiveSubscription } from '../../../src/protocol/console-live.ts';
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
  closes(code: number) {
    this.#ears.onClose(code);
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
  ...{ path: 'conversing.listening.quiet', from: 'model', to: 'call', taken: [], body: {} },
});

let clock: VirtualClock;
let sockets: FarEnd[];
let refused: (string | undefined)[];
let token: string | undefined;
let feed: LiveFeed;
const last = () => {
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error('no socket was opened');
  return socket;
};

/** Watches a call and remembers what it was told. */
function watch(callSid: string) {
  const seen: number[] = [];
  const resyncs: string[] = [];
  const stop = feed.watchCall(callSid, {
    since: () => seen.at(-1) ?? 0,
    onRows: (rows) => seen.push(...rows.map(({ seq }) => seq)),
    onResync: () => resyncs.push(callSid),
  });
  return { seen, resyncs, stop };
}

beforeEach(() => {
  clock = new VirtualClock();
  sockets = [];
  refused = [];
  token = undefined;
  const timers = new Map<number, unknown>();
  feed = new LiveFeed({
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
    token: () => token,
    onRefused: (used) => {
      refused.push(used);
    },
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
  test('opens a socket when somebody watches, and lets it go when nobody does', () => {
    expect(sockets).toHaveLength(0);
    const stop = feed.watchList(() => undefined);
    expect(sockets).toHaveLength(1);
    last().opens();
    expect(feed.status()).toBe('open');
    stop();
    expect(last().isClosed).toBe(true);
    expect(feed.status()).toBe('idle');
  });

  test('says what is watched, and from which row on, with the token in the message', () => {
    token = 'a token of sixteen characters';
    watch('CA1');
    last().opens();
    expect(last().heard).toEqual([{ type: 'subscribe', token, callSids: ['CA1'], since: { CA1: 0 } }]);
  });

  test('tells whoever watches the list what changed, and whether it is all', () => {
    const told: boolean[] = [];
    feed.watchList((_calls, isWhole) => told.push(isWhole));
    last().opens();
    last().says({ type: 'calls', isWhole: true, calls: [] });
    last().says({ type: 'calls', isWhole: false, calls: [] });
    expect(told).toEqual([true, false]);
  });

  test('tells every row of a call once, though it came twice', () => {
    const { seen } = watch('CA1');
    last().opens();
    last().says({ type: 'rows', callSid: 'CA1', rows: [row(1), row(2)] });
    last().says({ type: 'rows', callSid: 'CA1', rows: [row(2), row(3)] });
    last().says({ type: 'rows', callSid: 'CA2', rows: [row(9)] });
    expect(seen).toEqual([1, 2, 3]);
  });

  test('comes back by itself and goes on where it was', () => {
    const { seen } = watch('CA1');
    last().opens();
    last().says({ type: 'rows', callSid: 'CA1', rows: [row(1), row(2)] });
    last().closes(1006);
    expect(feed.status()).toBe('lost');
    clock.advance(250);
    last().opens();
    expect(sockets).toHaveLength(2);
    expect(last().heard[0]?.since).toEqual({ CA1: 2 });
    last().says({ type: 'rows', callSid: 'CA1', rows: [row(3)] });
    expect(seen).toEqual([1, 2, 3]);
  });

  test('waits longer after each failure, and never longer than eight seconds', () => {
    feed.watchList(() => undefined);
    for (const pause of [250, 500, 1000, 2000, 4000, 8000, 8000]) {
      const before = sockets.length;
      last().closes(1006);
      clock.advance(pause - 1);
      expect(sockets).toHaveLength(before);
      clock.advance(1);
      expect(sockets).toHaveLength(before + 1);
    }
  });

  test('tries at once when the viewer asks', () => {
    feed.watchList(() => undefined);
    last().closes(1006);
    feed.retry();
    expect(sockets).toHaveLength(2);
    clock.advance(60_000);
    expect(sockets).toHaveLength(2);
  });

  test('asks for a token when the engine refuses the one there is, and rests until then', () => {
    token = 'wrong';
    feed.watchList(() => undefined);
    last().closes(LIVE_CLOSE.refused);
    expect(refused).toEqual(['wrong']);
    clock.advance(60_000);
    expect(sockets).toHaveLength(1);
    token = 'right';
    feed.retry();
    last().opens();
    expect(last().heard[0]?.token).toBe('right');
  });

  test('passes on that rows are gone', () => {
    const { resyncs } = watch('CA1');
    last().opens();
    last().says({ type: 'resync', callSid: 'CA1' });
    expect(resyncs).toEqual(['CA1']);
  });
});
