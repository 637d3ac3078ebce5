import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callRecordOf } from '../../../src/services/storage/folds/call-record.fold.ts';
import { anyRow, row, stored } from '../../support/call-rows.ts';
import { holds } from '../../support/properties.ts';

const ACCEPTED = row(
  'call.accepted',
  { callSid: 'CA1', agentId: 'default', direction: 'outbound', from: '+12025550100', to: '+12025550111' },
  { state: 'connecting' },
);

describe('call record', () => {
  test('the record of a call is nothing before the call is accepted', () => {
    expect(callRecordOf(stored(row('phone.attached')))).toBeUndefined();
  });

  test('the record of a call begins with what was known when the call was accepted', () => {
    expect(callRecordOf(stored(ACCEPTED))).toEqual({
      callSid: 'CA1',
      agentId: 'default',
      direction: 'outbound',
      from: '+12025550100',
      to: '+12025550111',
      isTest: false,
      state: 'connecting',
      startedAt: '1970-01-01T00:00:00.000Z',
      endedAt: null,
      endReason: null,
      durationMs: null,
    });
  });

  test.each([
    ['is told', { isTest: true }, true],
    ['is told not to be', { isTest: false }, false],
  ])('the record of a call is of a test or not, where that %s', (_how, more, isTest) => {
    expect(callRecordOf(stored(row('call.accepted', { ...ACCEPTED.body, ...more })))?.isTest).toBe(isTest);
  });

  test('the record of a call has the state of the last row that tells one', () => {
    const log = stored(
      ACCEPTED,
      row('playback.started', {}, { state: 'conversing.responding' }),
      row('lead.stored', {}, { state: '' }),
    );
    expect(callRecordOf(log)).toMatchObject({ state: 'conversing.responding', endedAt: null });
  });

  test('the record of a call ends once, and late facts change nothing', () => {
    const log = stored(
      ACCEPTED,
      row('call.ended', { reason: 'caller_hung_up' }, { state: 'ended' }),
      row('caller.said', { itemId: 'item_1', text: 'Bye' }, { state: 'ending.settling' }),
      row('call.ended', { reason: 'failed' }),
    );
    expect(callRecordOf(log)).toMatchObject({
      state: 'ended',
      endedAt: '1970-01-01T00:00:01.000Z',
      endReason: 'caller_hung_up',
      durationMs: 1000,
    });
  });

  test('the record of a call says why a call failed, by the last thing that went wrong', () => {
    const refused = { error: { code: 'MODEL_REFUSED', message: 'the model …', cause: 'http_401' } };
    expect(
      callRecordOf(stored(ACCEPTED, row('call.failing', refused), row('call.ended', { reason: 'failed' }))),
    ).toMatchObject({ endReason: 'failed', failure: { code: 'MODEL_REFUSED', cause: 'http_401' } });

    const outcome = { status: 'failed', reason: 'insufficient_quota' };
    expect(
      callRecordOf(
        stored(ACCEPTED, row('response.finished', { outcome }), row('call.ended', { reason: 'failed' })),
      ),
    ).toMatchObject({ failure: { code: 'RESPONSE_FAILED', cause: 'insufficient_quota' } });

    const lost = { error: { code: 'STREAM_LOST', message: 'closed' } };
    expect(
      callRecordOf(stored(ACCEPTED, row('phone.lost', lost), row('call.ended', { reason: 'lost' }))),
    ).toMatchObject({ endReason: 'lost', failure: { code: 'STREAM_LOST', cause: null } });
  });

  test('the record of a call has no failure where the call ended well, or the model came to itself', () => {
    const failed = row('response.finished', { outcome: { status: 'failed', reason: 'server_error' } });
    const said = row('response.finished', { outcome: { status: 'completed' } });
    for (const rows of [
      [failed, row('call.ended', { reason: 'caller_hung_up' })],
      [failed, said, row('call.ended', { reason: 'failed' })],
    ]) {
      expect(callRecordOf(stored(ACCEPTED, ...rows))).not.toHaveProperty('failure');
    }
  });

  test('the record of a call keeps no word of a far end that is no code', () => {
    const error = { code: 'MODEL_LOST', message: 'x', cause: 'my number is +12025550123' };
    expect(
      callRecordOf(stored(ACCEPTED, row('call.failing', { error }), row('call.ended', { reason: 'failed' }))),
    ).toMatchObject({ failure: { code: 'MODEL_LOST', cause: null } });
  });

  test('the record of a call never throws, and once ended stays as it is', () => {
    holds(
      fc.property(fc.array(anyRow, { maxLength: 40 }), (rows) => {
        const log = stored(ACCEPTED, ...rows);
        let before = callRecordOf([]);
        for (let length = 1; length <= log.length; length++) {
          const after = callRecordOf(log.slice(0, length));
          if (before?.endedAt != null) expect(after).toEqual(before);
          before = after;
        }
      }),
    );
  });
});
