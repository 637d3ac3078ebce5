import { describe, expect, test } from 'vitest';
import { failureNow } from '../../../console/parts/failure-now.ts';

const failure = {
  code: 'MODEL_REFUSED',
  cause: 'http_401',
  text: 'the model refused the session',
  remedy: 'check OPENAI_API_KEY',
};
const failed = { state: 'ended', endReason: 'failed', failure };
const good = { state: 'ended', endReason: 'caller_hung_up', failure: null };
const live = { state: 'conversing.listening', endReason: null, failure: null };
const ringing = { state: 'connecting', endReason: null, failure: null };
const lost = { state: 'ended', endReason: 'lost', failure: { ...failure, code: 'STREAM_LOST' } };

describe('what calls fail of now', () => {
  test.each([
    ['is what the newest call failed of', [failed, good], failure],
    ['stands while the next call is on its way', [ringing, failed], failure],
    ['is gone once a call came through', [live, failed], null],
    ['is gone once a call ended well', [good, failed], null],
    ['is no line that was lost', [lost, failed], null],
    ['is nothing where there are no calls', [], null],
  ])('what calls fail of now: %s', (_, calls, expected) => {
    expect(failureNow(calls)).toEqual(expected);
  });
});
