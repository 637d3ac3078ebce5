import { describe, expect, test } from 'vitest';
import { readStreamReply } from '../../../src/protocol/twilio-stream-reply.ts';

const streamSid = 'MZ1';
const payload = Buffer.alloc(160, 0xff).toString('base64');
const read = (message: unknown) => readStreamReply(JSON.stringify(message), streamSid);

describe('what the carrier takes', () => {
  test.each([
    { event: 'media', streamSid, media: { payload } },
    { event: 'mark', streamSid, mark: { name: 'g1:end' } },
    { event: 'clear', streamSid },
  ])('the carrier takes $event as it is sent', (reply) => {
    expect(read(reply)).toEqual({ reply });
  });
});

describe('what the carrier refuses', () => {
  test.each([
    ['an unknown event', { event: 'stop', streamSid }, 'event'],
    ['no streamSid', { event: 'clear' }, 'streamSid'],
    ['stream_sid', { event: 'clear', stream_sid: streamSid }, 'streamSid'],
    ['a mark without a name', { event: 'mark', streamSid, mark: {} }, 'mark.name'],
    ['a mark with an empty name', { event: 'mark', streamSid, mark: { name: '' } }, 'mark.name'],
    ['audio that is not base64', { event: 'media', streamSid, media: { payload: 'a b' } }, 'media.payload'],
    ['audio for a track', { event: 'media', streamSid, media: { payload, track: 'outbound' } }, 'media'],
    ['a number', 7, 'event'],
  ])('the carrier refuses %s with 31951, and names the field', (_what, message, field) => {
    const refusal = { code: 31_951, text: expect.stringContaining(field) as string };
    expect(read(message)).toEqual({ refusal });
  });

  test('the carrier refuses a message for another stream with 31951', () => {
    expect(read({ event: 'clear', streamSid: 'MZ2' })).toEqual({
      refusal: { code: 31_951, text: 'a clear for another stream' },
    });
  });

  test.each(['', '{"event":', 'clear'])('the carrier refuses %j with 31950', (text) => {
    expect(readStreamReply(text, streamSid)).toMatchObject({ refusal: { code: 31_950 } });
  });

  test('a refusal quotes nothing of what was sent', () => {
    const secret = 'what the caller said';
    const refused = [read({ event: secret, streamSid }), readStreamReply(`{"${secret}`, streamSid)];
    expect(JSON.stringify(refused)).not.toContain(secret);
  });
});
