import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WriteRequest } from '../../../src/services/storage/sqlite/journal-messages.ts';
import { JournalTail } from '../../../src/services/storage/client/journal-tail.ts';
import { holds } from '../../support/properties.ts';

const rows = (id: number): WriteRequest => ({ kind: 'record', id, entries: [] });
const transaction = (id: number): WriteRequest => ({
  kind: 'transact',
  id,
  name: 'append',
  isKept: false,
  argsJson: '{}',
});

const takeAll = (tail: JournalTail): number[] => {
  const taken: number[] = [];
  for (let write = tail.next(); write !== undefined; write = tail.next()) taken.push(write.id);
  return taken;
};

describe('journal tail', () => {
  test('the tail of the journal hands out no more than the window, and one write at least', () => {
    const tail = new JournalTail(100);
    for (const id of [1, 2, 3]) tail.add(rows(id), id === 1 ? 500 : 60, 0);
    expect(takeAll(tail)).toEqual([1]);
    tail.settle(1);
    expect(takeAll(tail)).toEqual([2]);
    expect(tail.bytes).toBe(120);
  });

  test('the tail of the journal refuses the transactions that were not handed out, and keeps the rows', () => {
    const tail = new JournalTail(10);
    tail.add(rows(1), 10, 0);
    tail.add(transaction(2), 10, 0);
    tail.add(rows(3), 10, 0);
    expect(takeAll(tail)).toEqual([1]);
    expect(tail.refuseUnsent().map(({ id }) => id)).toEqual([2]);
    tail.settle(1);
    expect(takeAll(tail)).toEqual([3]);
    expect(tail.bytes).toBe(10);
  });

  test('the tail of the journal gives a new thread everything that was not answered, in the same order', () => {
    const step = fc.constantFrom('add', 'take', 'settle', 'rewind');
    holds(
      fc.property(fc.array(step, { maxLength: 100 }), fc.integer({ min: 1, max: 50 }), (steps, window) => {
        const tail = new JournalTail(window);
        const waiting: number[] = [];
        const handedOut: number[] = [];
        let lastId = 0;
        for (const each of steps) {
          if (each === 'add') {
            tail.add(rows(++lastId), 10, 0);
            waiting.push(lastId);
          } else if (each === 'take') {
            handedOut.push(...takeAll(tail));
          } else if (each === 'settle') {
            const id = handedOut.shift();
            if (id === undefined) continue;
            tail.settle(id);
            waiting.splice(waiting.indexOf(id), 1);
          } else {
            tail.rewind();
            handedOut.length = 0;
          }
          expect(handedOut.length * 10).toBeLessThanOrEqual(Math.max(window, 10));
          expect(handedOut).toEqual(waiting.slice(0, handedOut.length));
          expect(tail.oldest?.id).toBe(waiting[0]);
          expect(tail.bytes).toBe(waiting.length * 10);
        }
      }),
    );
  });
});
