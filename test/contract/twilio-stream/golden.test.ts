import { describe, expect, test } from 'vitest';
import { readStreamMessage, StreamReply } from '../../../src/protocol/twilio-stream.ts';
import { TwilioStream } from '../../../src/services/twilio/stream/twilio-stream.ts';
import { pieceOf } from '../../../src/media/audio-piece.ts';
import { EngineEnd } from '../../support/stream-pair.ts';

const AC = 'AC00000000000000000000000000000001';
const CA = 'CA00000000000000000000000000000001';
const MZ = 'MZ00000000000000000000000000000001';
const payload = Buffer.alloc(160, 0xff).toString('base64');

/** Messages as the docs of Twilio show them, with the ids of a made-up call. */
const golden = {
  connected: { event: 'connected', protocol: 'Call', version: '1.0.0' },
  start: {
    event: 'start',
    sequenceNumber: '1',
    start: {
      accountSid: AC,
      streamSid: MZ,
      callSid: CA,
      tracks: ['inbound'],
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters: { token: 'v1.a.b', agentId: 'dental-1' },
    },
    streamSid: MZ,
  },
  media: {
    event: 'media',
    sequenceNumber: '3',
    media: { track: 'inbound', chunk: '1', timestamp: '5', payload },
    streamSid: MZ,
  },
  dtmf: {
    event: 'dtmf',
    streamSid: MZ,
    sequenceNumber: '5',
    dtmf: { track: 'inbound_track', digit: '1' },
  },
  mark: { event: 'mark', sequenceNumber: '4', streamSid: MZ, mark: { name: 'g1:1' } },
  stop: { event: 'stop', sequenceNumber: '5', stop: { accountSid: AC, callSid: CA }, streamSid: MZ },
} as const;

const read = (message: unknown) => readStreamMessage(JSON.stringify(message));
const malformed = expect.objectContaining({ code: 'STREAM_MALFORMED' }) as Error;

describe('messages from Twilio', () => {
  test.each(Object.entries(golden))('the reader of stream messages reads %s', (event, message) => {
    expect(read(message).event).toBe(event);
  });

  test('the reader of stream messages reads the numbers that come as strings', () => {
    expect(read(golden.media)).toMatchObject({ media: { timestamp: 5, payload } });
  });

  test('the reader of stream messages reads the parameters of the TwiML, and none where there are none', () => {
    expect(read(golden.start)).toMatchObject({
      start: { callSid: CA, customParameters: { token: 'v1.a.b' } },
    });
    const bare = { ...golden.start.start, customParameters: undefined };
    expect(read({ ...golden.start, start: bare })).toMatchObject({ start: { customParameters: {} } });
  });

  test('the reader of stream messages lets fields pass that are not known yet', () => {
    expect(read({ ...golden.mark, novelty: { a: 1 } }).event).toBe('mark');
  });

  const { media, start, dtmf } = golden;
  test('the reader of stream messages reads what is not known as unknown, and nothing of it', () => {
    expect(read({ ...media, event: 'video' })).toEqual({ event: 'unknown' });
    expect(read({ event: 'error', message: '4711' })).toEqual({ event: 'unknown' });
  });

  test.each([
    ['a timestamp that is a number', { ...media.media, timestamp: 5 }, { timestamp: 5, payload }],
    ['no timestamp', { payload }, { track: 'inbound', payload }],
    ['no padding', { ...media.media, payload: payload.replace(/=+$/, '') }, { payload }],
    ['an empty payload', { ...media.media, payload: '' }, { payload: '' }],
  ])('the reader of stream messages reads frames as look-alikes send them: %s', (_what, inner, expected) => {
    expect(read({ ...media, media: inner })).toMatchObject({ media: expected });
  });

  test.each([media, dtmf, golden.mark, golden.stop, start])(
    'the reader of stream messages reads $event without a streamSid',
    (message) => {
      const bare = read({ ...message, streamSid: undefined });
      expect(bare.event).toBe(message.event);
      expect(bare).not.toMatchObject({ streamSid: MZ });
    },
  );

  test.each([
    ['a list', []],
    ['nothing', null],
    ['no name', { ...media, event: undefined }],
    ['a name that is none', { ...media, event: 5 }],
    ['a payload with a fourth of a group', { ...media, media: { ...media.media, payload: 'AAAAB' } }],
    ['a payload padded too much', { ...media, media: { ...media.media, payload: 'AB=' } }],
    ['a timestamp below zero', { ...media, media: { ...media.media, timestamp: '-5' } }],
    ['a payload that is not base64', { ...media, media: { ...media.media, payload: 'AB C' } }],
    ['a payload over 20 KB', { ...media, media: { ...media.media, payload: 'AAAA'.repeat(5121) } }],
    ['a mark without a name', { ...golden.mark, mark: {} }],
    ['two digits', { ...dtmf, dtmf: { digit: '12' } }],
    [
      'another codec',
      {
        ...start,
        start: { ...start.start, mediaFormat: { ...start.start.mediaFormat, encoding: 'audio/opus' } },
      },
    ],
    ['a call SID that is none', { ...start, start: { ...start.start, callSid: 'XX1' } }],
    ['a stream SID that would break out of a message', { ...start, streamSid: 'MZ","x":"' }],
  ])('the reader of stream messages refuses %s', (_what, message) => {
    expect(() => read(message)).toThrow(malformed);
  });

  test.each(['', 'hello 4711', '{"digit":"4711"'])(
    'the reader of stream messages refuses what is not JSON, without repeating it: %s',
    (text) => {
      expect(() => readStreamMessage(text)).toThrow(malformed);
      expect(() => readStreamMessage(text)).not.toThrow(/4711/);
    },
  );

  test('the reader of stream messages says where a message is wrong, and nothing that is in it', () => {
    const message = { ...dtmf, dtmf: { digit: '4711' } };
    expect(() => read(message)).toThrow(/dtmf\.digit/);
    expect(() => read(message)).not.toThrow(/4711/);
  });
});

describe('messages to Twilio', () => {
  test('messages to Twilio are written exactly as Twilio reads them', () => {
    const socket = new EngineEnd();
    const stream = new TwilioStream(socket, { callSid: CA, streamSid: MZ, epoch: 1 });
    stream.sendAudio(pieceOf(Buffer.alloc(160, 0xff)));
    stream.sendMark('g1:1');
    stream.sendClear();
    expect(socket.messages).toEqual([
      { event: 'media', streamSid: MZ, media: { payload } },
      { event: 'mark', streamSid: MZ, mark: { name: 'g1:1' } },
      { event: 'clear', streamSid: MZ },
    ]);
    for (const message of socket.messages) expect(StreamReply.safeParse(message).success).toBe(true);
  });

  test.each([
    ['stream_sid', { event: 'clear', stream_sid: MZ }],
    ['a mark without a name', { event: 'mark', streamSid: MZ, mark: {} }],
    ['no streamSid', { event: 'clear' }],
    ['a field too many', { event: 'clear', streamSid: MZ, now: true }],
    ['a payload that is not base64', { event: 'media', streamSid: MZ, media: { payload: 'a b' } }],
    ['a track', { event: 'media', streamSid: MZ, media: { payload, track: 'outbound' } }],
  ])(
    'messages to Twilio are refused with %s, which Twilio answers with a warning and silence',
    (_what, message) => {
      expect(StreamReply.safeParse(message).success).toBe(false);
    },
  );
});
