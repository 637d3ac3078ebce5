import { describe, expect, test } from 'vitest';
import { CarrierLeg } from '../../../console/softphone/carrier-leg.ts';
import { readStreamMessage } from '../../../src/protocol/twilio-stream.ts';

const streamSid = 'MZ00000000000000000000000000000001';
const ticket = { callSid: `CA${'1'.repeat(32)}`, token: 'v1.token' };

function leg() {
  const sent: string[] = [];
  const done: unknown[] = [];
  const carrier = new CarrierLeg({
    ticket,
    streamSid,
    send: (text) => sent.push(text),
    play: (audio) => done.push(['play', [...audio]]),
    mark: (name) => done.push(['mark', name]),
    clear: () => done.push(['clear']),
    complain: () => done.push(['complain']),
  });
  return { carrier, sent, done, messages: () => sent.map(readStreamMessage) };
}

describe('the softphone as a carrier', () => {
  test('the softphone as a carrier says who it is before anything else, with the token as a custom parameter', () => {
    const { carrier, messages } = leg();
    carrier.start();
    expect(messages()).toMatchObject([
      { event: 'connected', protocol: 'Call' },
      {
        event: 'start',
        sequenceNumber: '1',
        streamSid,
        start: { callSid: ticket.callSid, tracks: ['inbound'], customParameters: { token: 'v1.token' } },
      },
    ]);
  });

  test('the softphone as a carrier numbers its messages and times its frames, also those that the network lost', () => {
    const { carrier, sent, messages } = leg();
    carrier.start();
    carrier.frame(new Uint8Array(160).fill(0xff));
    carrier.frame(new Uint8Array(160), true);
    carrier.frame(Uint8Array.from({ length: 160 }, (_, i) => i));
    carrier.press('#');
    carrier.heard('r1:end');
    carrier.typed('Zoë, on Friday');
    carrier.stop();
    expect(messages().slice(2)).toMatchObject([
      { event: 'media', sequenceNumber: '2', media: { track: 'inbound', chunk: '1', timestamp: 0 } },
      { event: 'media', sequenceNumber: '3', media: { chunk: '3', timestamp: 40 } },
      { event: 'dtmf', sequenceNumber: '4', dtmf: { digit: '#' } },
      { event: 'mark', sequenceNumber: '5', mark: { name: 'r1:end' } },
      { event: 'typed', sequenceNumber: '6', typed: { text: 'Zoë, on Friday' } },
      { event: 'stop', sequenceNumber: '7' },
    ]);
    const { payload } = (JSON.parse(sent[3] ?? '') as { media: { payload: string } }).media;
    expect(Buffer.from(payload, 'base64')).toEqual(Buffer.from(Array.from({ length: 160 }, (_, i) => i)));
    expect(payload).toHaveLength(216);
  });

  test('the softphone as a carrier does what the engine says: plays, marks, clears', () => {
    const { carrier, done } = leg();
    carrier.receive(JSON.stringify({ event: 'media', streamSid, media: { payload: '/wAB' } }));
    carrier.receive(JSON.stringify({ event: 'mark', streamSid, mark: { name: 'a' } }));
    carrier.receive(JSON.stringify({ event: 'clear', streamSid }));
    expect(done).toEqual([['play', [255, 0, 1]], ['mark', 'a'], ['clear']]);
  });

  test.each([
    ['text that is not JSON', 'media'],
    ['an unknown event', JSON.stringify({ event: 'shout', streamSid })],
    ['a message of another stream', JSON.stringify({ event: 'clear', streamSid: 'MZother' })],
    ['a mark without a name', JSON.stringify({ event: 'mark', streamSid, mark: {} })],
    ['audio that is not base64', JSON.stringify({ event: 'media', streamSid, media: { payload: '<>' } })],
  ])('the softphone as a carrier complains of %s and does nothing', (_, text) => {
    const { carrier, done } = leg();
    carrier.receive(text);
    expect(done).toEqual([['complain']]);
  });

  test('the softphone as a carrier is silent and deaf after it has hung up', () => {
    const { carrier, sent, done } = leg();
    carrier.start();
    carrier.stop();
    const before = sent.length;
    carrier.frame(new Uint8Array(160));
    carrier.heard('a');
    carrier.stop();
    carrier.receive(JSON.stringify({ event: 'clear', streamSid }));
    expect(sent).toHaveLength(before);
    expect(done).toEqual([]);
  });
});
