import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { AnyStateNode } from 'xstate';
import { z } from 'zod';
import { callMachine } from '../../../src/machines/call/call.machine.ts';
import { FEED, FEED_VERSION, listenerOf } from '../../../src/protocol/call-feed.ts';
import { readFeedEvent } from '../../../src/protocol/feed-rows.ts';

/** What each version's schemas come to. The last is today's; the others stand here so that no number is given twice. */
const HASHES: Readonly<Record<number, string>> = {
  2: '510ffbe861f97e01',
  3: '18aa600692f29bc5',
};

const WHAT_TO_DO = `the schemas of the feed have changed, and rows are on disks that were written by those before. Take the
next FEED_VERSION in src/protocol/call-feed.ts, write the step to it in src/protocol/feed-upcasts.ts, add a golden call of the
version before to test/replay, and write the new hash here. A version that no release has had keeps its number`;

test('the schemas of the feed are those of its version', () => {
  const shapes = Object.entries(FEED).map(([event, schema]): [string, unknown] => [
    event,
    z.toJSONSchema(schema),
  ]);
  const text = JSON.stringify(shapes.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  expect({ version: FEED_VERSION, hash }, WHAT_TO_DO).toEqual({
    version: FEED_VERSION,
    hash: HASHES[FEED_VERSION],
  });
});

test('an event of today is read as it was written, with the fields that a later engine added', () => {
  const body = { itemId: 'i1', text: 'hello', mood: 'glad' };
  expect(readFeedEvent(FEED_VERSION, 'caller.said', body)).toEqual({ event: 'caller.said', body });
});

test.each([
  [
    'call.accepted',
    { callSid: 'CA1', agentId: 'a', direction: 'inbound', from: '+1', to: '+2' },
    { isTest: false },
  ],
  [
    'call.accepted',
    { callSid: 'CA1', agentId: 'a', direction: 'inbound', from: 'client:softphone', to: '+2' },
    { isTest: true },
  ],
  ['call.ended', { reason: 'a reason that nobody has any more' }, { reason: 'failed' }],
  [
    'response.finished',
    { responseId: 'r1', purpose: 'reply', outcome: { status: 'completed', hadAudio: true, toolCalls: 0 } },
    { outcome: { status: 'completed', hadAudio: true, toolCalls: 0, audioMs: 0 } },
  ],
])('%s of version 1 is read as one of today, by what it lacks', (event, body, more) => {
  expect(readFeedEvent(1, event, body).body).toEqual({ ...body, ...more });
});

test.each([
  ['transfer.ended', { result: 'completed' }, { result: 'reached' }],
  ['transfer.ended', { result: 'answered' }, { result: 'reached' }],
  ['transfer.ended', { result: 'busy' }, { result: 'busy' }],
  ['transfer.ended', { result: 'no-answer' }, { result: 'noAnswer' }],
  ['transfer.ended', { result: 'failed' }, { result: 'failed' }],
  ['transfer.ended', { result: 'canceled' }, { result: 'cancelled' }],
  ['createResponse', { purpose: 'transferFailed', text: 'no-answer' }, { text: 'noAnswer' }],
  ['createResponse', { purpose: 'transferFailed', text: '··-······' }, { text: '··-······' }],
  ['createResponse', { purpose: 'transferFailed' }, {}],
  ['createResponse', { purpose: 'say', text: 'no-answer' }, { text: 'no-answer' }],
])(
  "%s of versions 1 and 2 is read with the engine's word for what a transfer came to: %j",
  (event, body, is) => {
    for (const version of [1, 2])
      expect(readFeedEvent(version, event, body)).toEqual({ event, body: { ...body, ...is } });
  },
);

test('a result of a transfer that no version has had is not read', () => {
  expect(readFeedEvent(2, 'transfer.ended', { result: 'voicemail' }).event).toBe('unread');
  expect(readFeedEvent(FEED_VERSION, 'transfer.ended', { result: 'no-answer' }).event).toBe('unread');
});

test('what a row of today lacks is not made up', () => {
  const body = { callSid: 'CA1', agentId: 'a', direction: 'inbound', from: '+1', to: '+2' };
  expect(readFeedEvent(FEED_VERSION, 'call.accepted', body).body).toEqual(body);
});

/** What listeners to everything that has a name are told. */
function heard(...rows: readonly (readonly [event: string, body: object])[]): string[] {
  const told: string[] = [];
  const listen = listenerOf({
    'caller.said': ({ body }) => told.push(body.text),
    'call.ended': ({ body }) => told.push(body.reason),
  });
  for (const [event, body] of rows) {
    const envelope = { at: 0, from: 'model', to: 'call', state: '', taken: null };
    listen({ ...envelope, ...readFeedEvent(FEED_VERSION, event, { ...body }) } as never);
  }
  return told;
}

test('a listener is told the events that its table names', () => {
  expect(
    heard(
      ['caller.said', { itemId: 'i', text: 'one' }],
      ['caller.committed', { itemId: 'i' }],
      ['call.ended', { reason: 'idle' }],
      ['__proto__', {}],
      ['constructor', {}],
    ),
  ).toEqual(['one', 'idle']);
});

const childrenIn = (node: AnyStateNode): string[] => [
  ...node.invoke.map(({ id }) => id),
  ...Object.values(node.states as Record<string, AnyStateNode>).flatMap(childrenIn),
];

test.each(childrenIn(callMachine.root))(
  'that a call’s child "%s" is no more is an event of the feed',
  (child) => {
    for (const event of [`crashed.${child}`, `done.${child}`])
      expect(readFeedEvent(FEED_VERSION, event, {})).toEqual({ event, body: {} });
  },
);
