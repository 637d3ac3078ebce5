import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioTag, HeardItem } from '../../../src/media/heard.ts';
import { PlaybackLedger } from '../../../src/media/playback-ledger.ts';
import { holds } from '../../support/properties.ts';

const tag = (itemId: string, responseId = 'r1'): AudioTag => ({ responseId, itemId, contentIndex: 0 });

/** A carrier that plays eight bytes a millisecond, without a network in between. */
class Carrier {
  nowMs = 0;
  #queue: ({ bytes: number; itemId: string | undefined } | { mark: string })[] = [];
  readonly heardBytes = new Map<string, number>();
  readonly returned: string[] = [];

  /** A frame comes every 20 ms and says when it began: what a leg can know of the time. */
  get mediaMs(): number {
    return Math.floor(this.nowMs / 20) * 20 - 20;
  }

  play(bytes: number, itemId?: string): void {
    this.#queue.push({ bytes, itemId });
  }

  mark(name: string): void {
    this.#queue.push({ mark: name });
    this.#settle();
  }

  clear(): void {
    for (const entry of this.#queue) if ('mark' in entry) this.returned.push(entry.mark);
    this.#queue = [];
  }

  advance(ms: number, onMark: (name: string) => void): void {
    for (let i = 0; i < ms; i++) {
      this.nowMs++;
      let left = 8;
      while (left > 0) {
        const head = this.#queue[0];
        if (head === undefined || 'mark' in head) break;
        const taken = Math.min(left, head.bytes);
        head.bytes -= taken;
        left -= taken;
        if (head.itemId !== undefined)
          this.heardBytes.set(head.itemId, (this.heardBytes.get(head.itemId) ?? 0) + taken);
        this.#settle();
      }
      for (const name of this.returned.splice(0)) onMark(name);
    }
  }

  heardMs(itemId: string): number {
    return (this.heardBytes.get(itemId) ?? 0) / 8;
  }

  #settle(): void {
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if ('mark' in head) this.returned.push(head.mark);
      else if (head.bytes > 0) return;
      this.#queue.shift();
    }
  }
}

/** The ledger, and a carrier that gets what the ledger books. */
class Bench {
  readonly ledger = new PlaybackLedger();
  readonly carrier = new Carrier();
  readonly finished: HeardItem[][] = [];

  send(itemId: string, bytes: number, { responseId = 'r1', padding = 0 } = {}): boolean {
    const item = tag(itemId, responseId);
    if (!this.ledger.receive(item, bytes)) return false;
    const started = this.ledger.send(item, bytes, padding, this.carrier.mediaMs);
    this.carrier.play(bytes, itemId);
    this.carrier.play(padding);
    this.mark(item);
    return started;
  }

  mark(item: AudioTag): void {
    const name = this.ledger.nextMark(item);
    if (name !== undefined) this.carrier.mark(name);
  }

  endItem(itemId: string, responseId = 'r1'): void {
    this.ledger.endItem(tag(itemId, responseId));
    this.mark(tag(itemId, responseId));
  }

  endResponse(responseId = 'r1'): void {
    const last = this.ledger.endResponse(responseId);
    if (last !== undefined) this.mark(last);
    this.#collect();
  }

  pass(ms: number): void {
    this.carrier.advance(ms, (name) => {
      this.ledger.settle(name, this.carrier.mediaMs);
      this.#collect();
    });
    this.#collect();
  }

  clear(): HeardItem[] {
    this.carrier.clear();
    return this.ledger.clear(this.carrier.mediaMs);
  }

  #collect(): void {
    const heard = this.ledger.takeFinished(this.carrier.mediaMs);
    if (heard !== undefined) this.finished.push(heard);
  }
}

describe('the playback ledger', () => {
  test('the playback ledger interpolates between marks on the media clock', () => {
    const bench = new Bench();
    bench.send('a', 16_000);
    bench.pass(1500);
    expect(bench.clear()).toEqual([
      { ...tag('a'), receivedMs: 2000, sentMs: 2000, heardMs: 1500, complete: false },
    ]);
  });

  test('the playback ledger starts the clock at the first send after the buffer was empty', () => {
    const bench = new Bench();
    bench.send('a', 1600);
    bench.pass(5000);
    bench.send('a', 8000);
    bench.pass(300);
    expect(bench.clear()[0]?.heardMs).toBe(500);
  });

  test('the playback ledger asks for a mark after the first piece of an item, then once a second, then at its end', () => {
    const bench = new Bench();
    const marked: number[] = [];
    const { ledger } = bench;
    for (let i = 0; i < 20; i++) {
      ledger.receive(tag('a'), 1600);
      ledger.send(tag('a'), 1600, 0, 0);
      if (ledger.nextMark(tag('a')) !== undefined) marked.push(ledger.sentAt / 8);
    }
    ledger.endItem(tag('a'));
    if (ledger.nextMark(tag('a')) !== undefined) marked.push(ledger.sentAt / 8);
    expect(marked).toEqual([200, 1200, 2200, 3200, 4000]);
    expect(ledger.nextMark(tag('a'))).toBeUndefined();
  });

  test('the playback ledger tells of nothing while a response that runs dry is not over', () => {
    const bench = new Bench();
    bench.send('a', 1600);
    bench.pass(1000);
    expect(bench.finished).toEqual([]);
    bench.endItem('a');
    bench.endResponse();
    bench.pass(1);
    expect(bench.finished).toEqual([
      [{ ...tag('a'), receivedMs: 200, sentMs: 200, heardMs: 200, complete: true }],
    ]);
  });

  test('the playback ledger is finished only when the mark of the last byte has come back', () => {
    const bench = new Bench();
    bench.send('a', 1600);
    bench.endItem('a');
    bench.endResponse();
    bench.pass(199);
    expect(bench.finished).toHaveLength(0);
    bench.pass(1);
    expect(bench.finished).toHaveLength(1);
  });

  test('the playback ledger believes the media clock when a mark is two seconds late', () => {
    const ledger = new PlaybackLedger();
    ledger.receive(tag('a'), 1600);
    ledger.send(tag('a'), 1600, 0, 0);
    ledger.nextMark(tag('a'));
    ledger.endResponse('r1');
    expect(ledger.takeFinished(2199)).toBeUndefined();
    expect(ledger.takeFinished(2200)).toMatchObject([{ heardMs: 200, complete: true }]);
  });

  test('the playback ledger says of an item that is cut where each item of the response stood', () => {
    const bench = new Bench();
    bench.send('a', 8000);
    bench.endItem('a');
    bench.send('b', 8000);
    bench.send('c', 4000);
    bench.pass(1400);
    expect(bench.clear()).toMatchObject([
      { itemId: 'a', heardMs: 1000, complete: true },
      { itemId: 'b', heardMs: 400, complete: false },
      { itemId: 'c', heardMs: 0, sentMs: 500, complete: false },
    ]);
  });

  test('the playback ledger counts each item for itself when their pieces are mixed', () => {
    const bench = new Bench();
    bench.send('a', 800);
    bench.send('b', 800);
    bench.send('a', 800);
    bench.pass(240);
    expect(bench.clear()).toMatchObject([
      { itemId: 'a', heardMs: 140 },
      { itemId: 'b', heardMs: 100 },
    ]);
  });

  test('the playback ledger hears nothing in marks that a clear sent back', () => {
    const bench = new Bench();
    bench.send('a', 8000);
    bench.endItem('a');
    bench.pass(500);
    expect(bench.clear()[0]?.heardMs).toBe(500);
    bench.send('b', 8000, { responseId: 'r2' });
    bench.pass(1);
    expect(bench.clear()[0]?.heardMs).toBeLessThanOrEqual(20);
  });

  test('the playback ledger counts the item as heard when its last mark comes in the tick of the clear', () => {
    const bench = new Bench();
    bench.send('a', 1600);
    bench.endItem('a');
    bench.pass(200);
    expect(bench.clear()).toMatchObject([{ heardMs: 200, complete: true }]);
  });

  test('the playback ledger refuses audio of a response that was cleared', () => {
    const bench = new Bench();
    bench.send('a', 1600);
    bench.clear();
    expect(bench.ledger.receive(tag('a'), 160)).toBe(false);
    expect(bench.ledger.receive(tag('b'), 160)).toBe(false);
    expect(bench.ledger.receive(tag('b', 'r2'), 160)).toBe(true);
    expect(bench.ledger.isOpen).toBe(true);
  });

  test('the playback ledger makes the agent audible once per response, and only when the buffer is empty', () => {
    const bench = new Bench();
    expect(bench.send('a', 1600)).toBe(true);
    expect(bench.send('a', 1600)).toBe(false);
    bench.pass(1000);
    expect(bench.send('a', 1600)).toBe(false);
    expect(bench.send('b', 1600, { responseId: 'r2' })).toBe(false);
    bench.pass(1000);
    expect(bench.send('c', 1600, { responseId: 'r3' })).toBe(true);
  });

  test('the playback ledger reports a clip to nobody, and its end as that of a response', () => {
    const { ledger } = new Bench();
    const clip = tag('clip:1', 'clip:1');
    ledger.receive(clip, 160, true);
    ledger.endResponse('clip:1');
    ledger.send(clip, 160, 0, 0);
    ledger.settle(ledger.nextMark(clip) ?? '', 20);
    expect(ledger.takeFinished(20)).toEqual([]);
    expect(ledger.isOpen).toBe(false);
  });

  test('the playback ledger ends a clip though a response before it never ended', () => {
    const bench = new Bench();
    bench.send('lost', 1600);
    const clip = tag('clip:1', 'clip:1');
    bench.ledger.receive(clip, 160, true);
    bench.ledger.endResponse('clip:1');
    bench.ledger.send(clip, 160, 0, bench.carrier.mediaMs);
    bench.carrier.play(160);
    bench.mark(clip);
    bench.pass(1000);
    expect(bench.finished).toEqual([[]]);
    expect(bench.clear()).toMatchObject([{ itemId: 'lost', heardMs: 200 }]);
  });

  test('the playback ledger takes back what was not heard, in whole frames', () => {
    const bench = new Bench();
    bench.send('a', 8000);
    bench.pass(507);
    expect(bench.ledger.rewind(bench.carrier.mediaMs)).toBe(8000 - 4000);
    expect(bench.ledger.clear(bench.carrier.mediaMs)).toMatchObject([
      { receivedMs: 1000, sentMs: 1000, heardMs: 500, complete: false },
    ]);
  });

  test('the playback ledger gives up the rest of what is cut, and is finished with it', () => {
    const bench = new Bench();
    bench.send('a', 8000);
    bench.endResponse();
    bench.pass(400);
    bench.carrier.clear();
    bench.ledger.cutAll(bench.carrier.mediaMs);
    expect(bench.ledger.isPlayable(tag('a'))).toBe(false);
    expect(bench.ledger.takeFinished(bench.carrier.mediaMs)).toMatchObject([
      { sentMs: 1000, heardMs: 400, complete: false },
    ]);
  });
});

type Step =
  | { do: 'send'; frames: number; item: number }
  | { do: 'pass'; ms: number }
  | { do: 'endItem' }
  | { do: 'endResponse' }
  | { do: 'clear' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      frames: fc.integer({ min: 1, max: 90 }),
      item: fc.nat({ max: 1 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 1500 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'endItem' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'endResponse' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'clear' as const }) },
);

describe('the laws of the playback ledger', () => {
  test('the playback ledger tells what was heard once for each item, within 20 ms of it, never more than was sent', () => {
    holds(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat({ max: 19 }), (steps, phaseMs) => {
        const bench = new Bench();
        bench.pass(phaseMs);
        let response = 1;
        let item = 1;
        let lastItem: string | undefined;
        const sent = new Map<string, number>();
        const told = new Map<string, HeardItem>();
        const tell = (items: readonly HeardItem[]) => {
          for (const one of items) {
            expect(told.has(one.itemId)).toBe(false);
            told.set(one.itemId, one);
            expect(one.heardMs).toBeLessThanOrEqual(one.sentMs);
            expect(one.sentMs).toBeLessThanOrEqual(one.receivedMs);
            expect(one.receivedMs).toBe((sent.get(one.itemId) ?? 0) / 8);
            expect(Math.abs(one.heardMs - bench.carrier.heardMs(one.itemId))).toBeLessThanOrEqual(20);
            if (one.complete) expect(one.heardMs).toBe(one.receivedMs);
          }
        };
        for (const now of steps) {
          const responseId = `r${String(response)}`;
          switch (now.do) {
            case 'send':
              item += now.item;
              lastItem = `${responseId}.${String(item)}`;
              bench.send(lastItem, now.frames * 160, { responseId });
              sent.set(lastItem, (sent.get(lastItem) ?? 0) + now.frames * 160);
              break;
            case 'pass':
              bench.pass(now.ms);
              break;
            case 'endItem':
              if (lastItem !== undefined) bench.endItem(lastItem, responseId);
              item++;
              break;
            case 'endResponse':
              bench.endResponse(responseId);
              response++;
              lastItem = undefined;
              break;
            case 'clear':
              tell(bench.clear());
              response++;
              lastItem = undefined;
          }
          for (const heard of bench.finished.splice(0)) {
            tell(heard);
            for (const one of heard) expect(one.complete).toBe(true);
          }
        }
        tell(bench.clear());
        expect([...told.keys()].sort()).toEqual([...sent.keys()].sort());
        expect(bench.ledger.isOpen).toBe(false);
      }),
      { runs: 400 },
    );
  });
});
