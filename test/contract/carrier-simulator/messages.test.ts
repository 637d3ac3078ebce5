import { describe, expect, test } from 'vitest';
import { CarrierMessages } from '../../../src/protocol/twilio-carrier-messages.ts';
import { readStreamMessage } from '../../../src/protocol/twilio-stream.ts';

const ids = { accountSid: 'AC1', callSid: 'CA1', streamSid: 'MZ1' };
const payload = Buffer.alloc(160, 0xff).toString('base64');

/** A stream that has said `connected` and `start`. */
function begun(): CarrierMessages {
  const messages = new CarrierMessages(ids);
  messages.connected();
  messages.start({});
  return messages;
}

const json = (text: string) => JSON.parse(text) as unknown;

describe('what the carrier says', () => {
  test('the carrier says connected without a number, and start as the first of the sequence', () => {
    const messages = new CarrierMessages(ids);
    expect(json(messages.connected())).toEqual({ event: 'connected', protocol: 'Call', version: '1.0.0' });
    expect(json(messages.start({ token: 'a "secret"' }))).toEqual({
      event: 'start',
      sequenceNumber: '1',
      start: {
        ...ids,
        tracks: ['inbound'],
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
        customParameters: { token: 'a "secret"' },
      },
      streamSid: 'MZ1',
    });
  });

  test('the carrier numbers every message after start, and says each in the shape of the docs', () => {
    const messages = begun();
    const said = [messages.media(0, payload), messages.dtmf('#'), messages.mark('g1:"end"'), messages.stop()];
    expect(said.map(json)).toEqual([
      {
        event: 'media',
        sequenceNumber: '2',
        media: { track: 'inbound', chunk: '1', timestamp: '0', payload },
        streamSid: 'MZ1',
      },
      {
        event: 'dtmf',
        sequenceNumber: '3',
        dtmf: { track: 'inbound_track', digit: '#' },
        streamSid: 'MZ1',
      },
      { event: 'mark', sequenceNumber: '4', mark: { name: 'g1:"end"' }, streamSid: 'MZ1' },
      { event: 'stop', sequenceNumber: '5', stop: { accountSid: 'AC1', callSid: 'CA1' }, streamSid: 'MZ1' },
    ]);
  });

  test('the carrier gives a frame the time of its first sample, and a lost frame leaves a gap in time alone', () => {
    const messages = begun();
    const said = [0, 1, 3].map((frame) => json(messages.media(frame, payload)));
    expect(said).toMatchObject([
      { sequenceNumber: '2', media: { chunk: '1', timestamp: '0' } },
      { sequenceNumber: '3', media: { chunk: '2', timestamp: '20' } },
      { sequenceNumber: '4', media: { chunk: '4', timestamp: '60' } },
    ]);
  });

  test('the engine reads everything that a carrier says, in its order', () => {
    const messages = new CarrierMessages(ids);
    const said = [messages.connected(), messages.start({}), messages.media(0, payload)];
    said.push(messages.typed('Zoë'), messages.dtmf('A'), messages.mark('m'), messages.stop());
    expect(said.map((text) => readStreamMessage(text).event)).toEqual([
      ...['connected', 'start', 'media', 'typed', 'dtmf', 'mark', 'stop'],
    ]);
  });
});

describe('the order of what the carrier says', () => {
  test.each<[string, (messages: CarrierMessages) => unknown]>([
    ['start before connected', (messages) => messages.start({})],
    ['a frame before start', (messages) => [messages.connected(), messages.media(0, payload)]],
    ['stop before start', (messages) => [messages.connected(), messages.stop()]],
    ['connected twice', (messages) => [messages.connected(), messages.connected()]],
    [
      'start twice',
      (messages) => {
        messages.connected();
        return [messages.start({}), messages.start({})];
      },
    ],
  ])('the carrier refuses to say %s', (_what, say) => {
    expect(() => say(new CarrierMessages(ids))).toThrow(RangeError);
  });

  test.each<[string, (messages: CarrierMessages) => string]>([
    ['a frame', (messages) => messages.media(0, payload)],
    ['a mark', (messages) => messages.mark('m')],
    ['a key', (messages) => messages.dtmf('1')],
    ['another stop', (messages) => messages.stop()],
  ])('the carrier refuses to say %s after stop', (_what, say) => {
    const messages = begun();
    expect(messages.isOver).toBe(false);
    messages.stop();
    expect(messages.isOver).toBe(true);
    expect(() => say(messages)).toThrow(RangeError);
  });

  test.each(['', 'E', '12', '+'])('the carrier has no key %j, and what follows keeps its number', (digit) => {
    const messages = begun();
    expect(() => messages.dtmf(digit)).toThrow(RangeError);
    expect(json(messages.mark('m'))).toMatchObject({ sequenceNumber: '2' });
  });
});
