import { expect, test } from 'vitest';
import type { Frame } from '../../../src/inspector/frame.ts';
import { CallRecorder } from '../../../src/services/call-recorder.ts';
import type { EventRow } from '../../../src/services/storage/journal.port.ts';

type Unversioned<Of> = Of extends Frame ? Omit<Of, 'v' | 'at'> : never;

function recorded(...frames: Unversioned<Frame>[]): EventRow[] {
  const rows: EventRow[] = [];
  const recorder = new CallRecorder({
    maskDigits: true,
    record: (more) => {
      rows.push(...more);
    },
  });
  frames.forEach((frame, at) => {
    recorder.take({ v: 1, at, ...frame });
  });
  return rows;
}

const fact = {
  kind: 'event',
  from: 'model',
  to: 'call',
  type: 'caller.committed',
  body: { itemId: 'i1' },
} as const;
const step = (...taken: string[]) =>
  ({ kind: 'step', actor: 'call', event: 'caller.committed', taken, value: 'listening' }) as const;
const order = { kind: 'event', from: 'call', to: 'phone', type: 'clearPlayback', body: {} } as const;

test('a fact is written with every transition that it led to, in order', () => {
  const [row] = recorded(fact, step('first'), step('second', 'third'), order);
  expect(row).toMatchObject({
    actor: 'model',
    state: 'listening',
    body: { itemId: 'i1', taken: ['first', 'second', 'third'] },
  });
});

test('a fact that the state does not take says so', () => {
  const [row] = recorded(fact, step(), order);
  expect(row?.body).toEqual({ itemId: 'i1', untaken: true });
});

test('a step without a transition takes nothing back', () => {
  const [row] = recorded(fact, step('first'), step(), order);
  expect(row?.body).toEqual({ itemId: 'i1', taken: ['first'] });
});

test('an order leads to no step, and says nothing of any', () => {
  const [, row] = recorded(fact, step('first'), order);
  expect(row).toMatchObject({ actor: 'phone', event: 'clearPlayback', body: {} });
  expect(row?.body).not.toHaveProperty('taken');
});
