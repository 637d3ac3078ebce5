import { describe, expect, test } from 'vitest';
import { messagesOf } from '../../../console/timeline/lanes.ts';
import { EVERY_ROW, foundIn, shownMessages } from '../../../console/timeline/sequence-filter.ts';
import { logRows } from '../../support/log-rows.ts';

const rows = logRows([
  { ms: 0, way: 'call', event: 'call.accepted' },
  { ms: 200, way: 'phone > call', event: 'phone.attached', path: 'configuring' },
  { ms: 210, way: 'call > model', event: 'createResponse', body: { purpose: 'greeting' } },
  { ms: 900, way: 'model > call', event: 'caller.said', body: { itemId: 'i1', text: 'A table for Ada' } },
]);
const messages = messagesOf(rows);
const shown = shownMessages(messages, EVERY_ROW);
const places = (filter: Parameters<typeof shownMessages>[1]) =>
  shownMessages(messages, filter).map(({ index }) => index);

describe('the rows of a sequence', () => {
  test('the rows of a sequence are all there until some are chosen by kind or lane, each with its place in the log', () => {
    expect(places(EVERY_ROW)).toEqual([0, 1, 2, 3]);
    expect(places({ ...EVERY_ROW, kinds: new Set(['fact']) })).toEqual([1, 3]);
    expect(places({ ...EVERY_ROW, lane: 'model' })).toEqual([2, 3]);
    expect(places({ kinds: new Set(['order']), lane: 'model' })).toEqual([2]);
  });

  test('the rows of a sequence are found by event, state, lane and body, whatever the case', () => {
    expect(foundIn(shown, 'ATTACHED', true)).toEqual([1]);
    expect(foundIn(shown, 'configuring', true)).toEqual([1, 2, 3]);
    expect(foundIn(shown, 'ada', true)).toEqual([3]);
    expect(foundIn(shown, ' ', true)).toEqual([]);
    expect(foundIn(shownMessages(messages, { ...EVERY_ROW, lane: 'phone' }), 'ada', true)).toEqual([]);
  });

  test('the rows of a sequence are not found by a word that is hidden, nor by the dots in its place', () => {
    expect(foundIn(shown, 'ada', false)).toEqual([]);
    expect(foundIn(shown, '•', false)).toEqual([]);
    expect(foundIn(shown, 'greeting', false)).toEqual([2]);
  });
});
