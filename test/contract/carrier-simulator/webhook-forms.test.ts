import { describe, expect, test } from 'vitest';
import { readDialResultForm, readStatusForm, readVoiceForm } from '../../../src/protocol/twilio-webhook.ts';
import {
  callStatusForm,
  dialResultForm,
  streamStatusForm,
  voiceForm,
} from '../../../src/simulator/carrier/webhook-forms.ts';

const call = {
  callSid: `CA${'1'.repeat(32)}`,
  accountSid: `AC${'0'.repeat(32)}`,
  from: '+12025550123',
  to: '+12025550100',
};
/** What Twilio posts of the call with every request. */
const FIELDS = {
  CallSid: call.callSid,
  AccountSid: call.accountSid,
  From: call.from,
  To: call.to,
  Direction: 'inbound',
  ApiVersion: '2010-04-01',
};

describe('the forms that the carrier posts', () => {
  test('the carrier asks what to do with the call, its status and its direction', () => {
    expect(voiceForm(call, 'ringing')).toEqual({ ...FIELDS, CallStatus: 'ringing' });
    const placed = voiceForm({ ...call, direction: 'outbound-api' }, 'in-progress');
    expect(placed).toEqual({ ...FIELDS, Direction: 'outbound-api', CallStatus: 'in-progress' });
    expect(readVoiceForm(voiceForm(call, 'ringing', true))).toMatchObject({ CallchartTest: 'true' });
  });

  test.each([
    ['completed', { seconds: 61 }, { SequenceNumber: '0', CallDuration: '61' }],
    ['ringing', { sequence: 1 }, { SequenceNumber: '1' }],
    ['no-answer', { sequence: 2, seconds: 30 }, { SequenceNumber: '2' }],
  ] as const)(
    'the carrier tells of a call that is %s, with a duration only once it is completed',
    (status, more, fields) => {
      const form = callStatusForm(call, status, more);
      const CallbackSource = 'call-progress-events';
      expect(form).toEqual({ ...FIELDS, CallStatus: status, CallbackSource, ...fields });
      expect(readStatusForm(form).of).toBe('call');
    },
  );

  test.each([
    ['completed', { DialBridged: 'true', DialCallDuration: '42' }],
    ['answered', { DialBridged: 'true', DialCallDuration: '42' }],
    ['no-answer', { DialBridged: 'false' }],
    ['canceled', { DialBridged: 'false' }],
  ] as const)(
    'the carrier tells that a dialled leg was %s, and how long it lasted if it was answered',
    (status, fields) => {
      const form = dialResultForm(call, 'in-progress', { status, callSid: 'CA2', seconds: 42 });
      expect(form).toEqual({
        ...{ ...FIELDS, CallStatus: 'in-progress', DialCallStatus: status, DialCallSid: 'CA2' },
        ...fields,
      });
      expect(readDialResultForm(form).DialCallStatus).toBe(status);
    },
  );

  test('the carrier tells of a stream by its SID and time, and nothing of who calls', () => {
    const stream = { streamSid: 'MZ1', atMs: Date.UTC(2026, 0, 5, 10) };
    const form = streamStatusForm(call, 'stream-error', { ...stream, error: 'broken' });
    expect(form).toEqual({
      AccountSid: call.accountSid,
      CallSid: call.callSid,
      StreamSid: 'MZ1',
      StreamEvent: 'stream-error',
      StreamError: 'broken',
      Timestamp: '2026-01-05T10:00:00.000Z',
    });
    expect(readStatusForm(form)).toMatchObject({ of: 'stream', form: { StreamError: 'broken' } });
    expect(streamStatusForm(call, 'stream-started', stream)).not.toHaveProperty('StreamError');
  });
});
