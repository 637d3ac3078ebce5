import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { CALL_SID, HttpHouse } from '../../support/http.ts';
import { outlineOf, parseXml } from '../../support/xml.ts';

let house: HttpHouse;
beforeEach(async () => {
  house = await new HttpHouse().open();
});
afterEach(() => house.close());

const call = { CallSid: CALL_SID, From: '+12025550123', To: '+12025550100', Direction: 'inbound' };

describe('POST /twilio/voice', () => {
  test('POST /twilio/voice asks the desk and answers a stream with its token', async () => {
    const reply = await house.post('/twilio/voice', call);
    expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' } });
    expect(outlineOf(parseXml(reply.text))).toBe('Response > Connect > Stream > Parameter');
    expect(house.desk.asked).toEqual([
      {
        what: 'answer',
        with: {
          callSid: CALL_SID,
          direction: 'inbound',
          from: '+12025550123',
          to: '+12025550100',
          peer: 'carrier',
          isTest: false,
        },
      },
    ]);
  });

  test('POST /twilio/voice tells outbound calls from inbound ones, at the fallback URL too', async () => {
    await house.post('/twilio/voice', { ...call, Direction: 'outbound-api', ErrorCode: '11200' });
    expect(house.desk.asked[0]?.with).toMatchObject({ direction: 'outbound' });
  });

  test('POST /twilio/voice says the busy message with 200', async () => {
    house.desk.next = { kind: 'busy', language: 'en', message: 'All our lines are busy.', cause: 'full' };
    const reply = await house.post('/twilio/voice', call);
    expect(reply.status).toBe(200);
    expect(outlineOf(parseXml(reply.text))).toBe('Response > Say + Hangup');
  });

  test('POST /twilio/voice marks a call that says it is a test call, and no other', async () => {
    for (const CallchartTest of ['true', 'yes', ''])
      await house.post('/twilio/voice', { ...call, CallchartTest });
    const marks = house.desk.asked.map((asked) => (asked.with as { isTest?: boolean }).isTest);
    expect(marks).toEqual([true, false, false]);
  });

  test('POST /twilio/voice says a sentence when the desk fails, and reports it without the words of the error', async () => {
    house.desk.trouble = new Error('secret +12025550123');
    const reply = await house.post('/twilio/voice', call);
    expect(reply.status).toBe(200);
    expect(outlineOf(parseXml(reply.text))).toBe('Response > Say + Hangup');
    expect(house.faults).toEqual(['INTERNAL']);
    expect(JSON.stringify(house.logged)).not.toContain('secret');
  });

  test.each<[string, Record<string, string>]>([
    ['no CallSid', { From: '+12025550123' }],
    ['an empty CallSid', { ...call, CallSid: '' }],
    ['another kind of SID', { ...call, CallSid: `SM${'0'.repeat(32)}` }],
    ['a CallSid that is too long', { ...call, CallSid: `${CALL_SID}0` }],
    ['markup for a CallSid', { ...call, CallSid: '"><Dial>' }],
  ])('POST /twilio/voice refuses %s with 400, and does not ask the desk', async (_, form) => {
    const reply = await house.post('/twilio/voice', form);
    expect(reply).toMatchObject({ status: 400, json: { type: 'WEBHOOK_INVALID' } });
    expect(house.desk.asked).toEqual([]);
  });

  test('POST /twilio/voice refuses a CallSid that comes twice', async () => {
    expect(await house.post('/twilio/voice', `CallSid=${CALL_SID}&CallSid=${CALL_SID}`)).toMatchObject({
      status: 400,
    });
  });
});

describe('what comes after a stream and after a transfer', () => {
  test('POST /twilio/after-stream and dial-result answer the decision of the desk', async () => {
    house.desk.next = { kind: 'dial', to: '+12025550111' };
    const dial = await house.post('/twilio/after-stream', { CallSid: CALL_SID, CallStatus: 'in-progress' });
    expect(outlineOf(parseXml(dial.text))).toBe('Response > Dial > Number');
    house.desk.next = { kind: 'hangup' };
    const hangup = await house.post('/twilio/dial-result', {
      CallSid: CALL_SID,
      CallStatus: 'in-progress',
      DialCallStatus: 'no-answer',
    });
    expect(outlineOf(parseXml(hangup.text))).toBe('Response > Hangup');
    expect(house.desk.asked).toEqual([
      { what: 'afterStream', with: { callSid: CALL_SID, over: undefined } },
      {
        what: 'dialResult',
        with: { callSid: CALL_SID, over: undefined, result: 'noAnswer' },
      },
    ]);
  });

  test.each([
    ['', undefined],
    ['?epoch=1', 1],
    ['?epoch=12', 12],
    ['?epoch=0', undefined],
    ['?epoch=-1', undefined],
    ['?epoch=1.5', undefined],
    ['?epoch=two', undefined],
    ['?epoch=', undefined],
  ])('POST /twilio/after-stream%s tells the desk of the stream with the epoch %s', async (query, epoch) => {
    await house.post(`/twilio/after-stream${query}`, { CallSid: CALL_SID, CallStatus: 'in-progress' });
    expect(house.desk.asked).toEqual([
      { what: 'afterStream', with: { callSid: CALL_SID, over: undefined, epoch } },
    ]);
  });

  test('POST /twilio/after-stream says an apology and hangs up where the call cannot go on', async () => {
    house.desk.next = { kind: 'apology', language: 'de', message: 'Das tut uns leid.' };
    const reply = await house.post('/twilio/after-stream', { CallSid: CALL_SID });
    expect(reply.text).toContain('<Say language="de-DE">Das tut uns leid.</Say><Hangup/>');
  });

  test.each([
    ['completed', 'reached'],
    ['answered', 'reached'],
    ['busy', 'busy'],
    ['no-answer', 'noAnswer'],
    ['failed', 'failed'],
    ['canceled', 'cancelled'],
  ])(
    "POST /twilio/dial-result tells the desk in the engine's words what %s is: %s",
    async (status, result) => {
      await house.post('/twilio/dial-result', { CallSid: CALL_SID, DialCallStatus: status });
      expect(house.desk.asked).toMatchObject([{ what: 'dialResult', with: { result } }]);
    },
  );

  test('POST /twilio/dial-result counts an invalid result as a failed transfer', async () => {
    await house.post('/twilio/dial-result', { CallSid: CALL_SID });
    await house.post('/twilio/dial-result', { CallSid: CALL_SID, DialCallStatus: 'on-the-moon' });
    expect(house.desk.asked.map(({ with: asked }) => asked)).toMatchObject([
      { result: 'failed' },
      { result: 'failed' },
    ]);
  });

  test.each(['/twilio/after-stream', '/twilio/dial-result'])(
    '%s fails with a 5xx that Twilio repeats, and never with a stream',
    async (path) => {
      house.desk.trouble = new EngineError('STORAGE_UNAVAILABLE');
      const reply = await house.post(path, { CallSid: CALL_SID });
      expect(reply).toMatchObject({ status: 503, json: { type: 'STORAGE_UNAVAILABLE' } });
      expect(reply.text).not.toContain('Stream');
      expect(await house.post(path, {})).toMatchObject({ status: 400 });
    },
  );
});

describe('POST /twilio/status', () => {
  const message = `SM${'a'.repeat(32)}`;
  test.each<[string, Record<string, string>, object]>([
    [
      'of a call',
      { CallSid: CALL_SID, CallStatus: 'completed', SequenceNumber: '3', CallDuration: '61' },
      {
        of: 'call',
        ...{ callSid: CALL_SID, status: 'completed', over: 'completed' },
      },
    ],
    [
      'of a stream',
      { CallSid: CALL_SID, StreamSid: 'MZ1', StreamEvent: 'stream-error', StreamError: 'gone' },
      {
        of: 'stream',
        ...{ callSid: CALL_SID, event: 'failed' },
      },
    ],
    [
      'of a message, which has no CallSid',
      { MessageSid: message, MessageStatus: 'delivered' },
      { of: 'message', messageSid: message, status: 'delivered' },
    ],
  ])('POST /twilio/status passes on the status %s', async (_, form, status) => {
    const reply = await house.post('/twilio/status', form);
    expect(reply.status).toBe(200);
    expect(outlineOf(parseXml(reply.text))).toBe('Response');
    expect(house.desk.asked).toMatchObject([{ what: 'status', with: status }]);
  });

  test.each<Record<string, string>>([{}, { CallStatus: 'completed' }, { MessageStatus: 'sent' }])(
    'POST /twilio/status refuses %j',
    async (form) => {
      expect(await house.post('/twilio/status', form)).toMatchObject({ status: 400 });
    },
  );
});

describe('POST /twilio/recording', () => {
  const RecordingSid = `RE${'b'.repeat(32)}`;
  test('POST /twilio/recording passes on the SID and never the URL', async () => {
    const reply = await house.post('/twilio/recording', {
      CallSid: CALL_SID,
      RecordingSid,
      RecordingStatus: 'completed',
      RecordingDuration: '12',
      RecordingUrl: 'http://169.254.169.254/',
    });
    expect(reply.status).toBe(200);
    expect(house.desk.asked).toEqual([
      {
        what: 'recording',
        with: { callSid: CALL_SID, recordingSid: RecordingSid, status: 'completed', durationS: 12 },
      },
    ]);
  });

  test('POST /twilio/recording refuses a recording SID that could be another path', async () => {
    const form = { CallSid: CALL_SID, RecordingSid: '../../Accounts', RecordingStatus: 'completed' };
    expect(await house.post('/twilio/recording', form)).toMatchObject({ status: 400 });
  });
});

describe('GET /twilio/media', () => {
  test('GET /twilio/media names what a proxy removed from an upgrade', async () => {
    const reply = await house.ask('/twilio/media', {
      headers: { 'X-Twilio-Signature': 'valid', Upgrade: 'websocket', Host: 'other.example.com' },
    });
    expect(reply).toMatchObject({ status: 426, headers: { upgrade: 'websocket' } });
    expect(JSON.parse(reply.text)).toMatchObject({
      type: 'UPGRADE_REQUIRED',
      errors: [{ path: 'Connection' }, { path: 'Host' }],
    });
  });

  test('GET /twilio/media tells nothing to a client without a signature', async () => {
    expect(await house.ask('/twilio/media', { headers: { 'X-Twilio-Signature': 'forged' } })).toMatchObject({
      status: 403,
      text: '',
    });
  });
});
