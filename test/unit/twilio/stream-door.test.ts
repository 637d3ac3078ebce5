import { describe, expect, test } from 'vitest';
import { TwilioStream } from '../../../src/services/twilio/stream/twilio-stream.ts';
import { RateWindow } from '../../../src/services/phone/rate-window.ts';
import { CallStreams } from '../../../src/services/phone/call-streams.ts';
import { carrierListener } from '../../support/carrier-listener.ts';
import { EngineEnd } from '../../support/stream-pair.ts';

function stream(epoch: number) {
  const socket = new EngineEnd();
  return {
    socket,
    stream: new TwilioStream(socket, { callSid: 'CA1', streamSid: `MZ${String(epoch)}`, epoch }),
  };
}

const mark = (name: number) => ({ event: 'mark', mark: { name: String(name) } });

describe('the stream door', () => {
  test('the stream door lets a stream wait for the leg', () => {
    const door = new CallStreams();
    const first = stream(1);
    expect(door.attach(first.stream)).toBe(true);
    const seen: unknown[] = [];
    door.onAttach((one) => seen.push(one));
    expect(seen).toEqual([first.stream]);
  });

  test('the stream door gives a newer stream the place of an older one, and tells the leg before the old one ends', () => {
    const door = new CallStreams();
    const [first, second] = [stream(1), stream(2)];
    door.attach(first.stream);
    const openAtAttach: boolean[] = [];
    door.onAttach(() => openAtAttach.push(first.stream.isOpen));
    door.attach(second.stream);
    expect(openAtAttach).toEqual([true, true]);
    expect(first.socket.closedWith).toEqual({ code: 1000, reason: 'superseded' });
    expect(second.stream.isOpen).toBe(true);
  });

  test('the stream door refuses an older stream, and any once it is shut', () => {
    const door = new CallStreams();
    const [first, second] = [stream(1), stream(2)];
    door.attach(second.stream);
    expect(door.attach(first.stream)).toBe(false);
    door.shut();
    expect(second.socket.closedWith?.code).toBe(1000);
    expect(door.attach(stream(3).stream)).toBe(false);
  });
});

describe('a carrier stream', () => {
  test('a carrier stream keeps messages, and the end, until somebody listens', () => {
    const { socket, stream: one } = stream(1);
    const heard: unknown[] = [];
    for (let i = 0; i < 3; i++) socket.hears(mark(i));
    socket.dies(1006);
    one.listen(
      carrierListener({ mark: (name) => void heard.push(name), closed: (code) => void heard.push(code) }),
    );
    expect(heard).toEqual(['0', '1', '2', 1006]);
  });

  test('a carrier stream keeps the newest ten seconds', () => {
    const { socket, stream: one } = stream(1);
    for (let i = 0; i < 600; i++) socket.hears(mark(i));
    const heard: string[] = [];
    one.listen(carrierListener({ mark: (name) => void heard.push(name) }));
    expect(heard).toHaveLength(500);
    expect(heard[0]).toBe('100');
  });

  test('a carrier stream passes audio on as the bytes that came, and says when it began where that is said', () => {
    const { socket, stream: one } = stream(1);
    const frames: Buffer[] = [];
    const heard: unknown[] = [];
    one.listen(
      carrierListener({
        audio: (text, start, end, mediaMs) => {
          frames.push(text);
          heard.push([text.toString('latin1', start, end), mediaMs]);
        },
      }),
    );
    const payload = Buffer.alloc(160, 0x7f).toString('base64');
    for (const timestamp of ['0', '20', '40', undefined]) {
      socket.hears({ event: 'media', streamSid: 'MZ1', media: { timestamp, payload } });
    }
    expect(heard).toEqual([
      [payload, 0],
      [payload, 20],
      [payload, 40],
      [payload, undefined],
    ]);
    expect(frames[0]?.length).toBe(payload.length);
    expect(frames[1]?.length).toBeGreaterThan(payload.length);
  });

  test('a carrier stream reads nothing that its listener does not let in, and tells it what it threw', () => {
    const { socket, stream: one } = stream(1);
    const heard: unknown[] = [];
    one.listen(
      carrierListener({
        arrived: (bytes) => bytes < 100,
        mark: (name) => {
          throw new TypeError(name);
        },
        malformed: ({ code }, bytes) => void heard.push([code, bytes]),
        threw: (thrown) => void heard.push(thrown),
      }),
    );
    socket.hears(Buffer.alloc(100, 'x'));
    socket.hears(Buffer.alloc(99, 'x'));
    socket.hears(mark(7));
    expect(heard).toEqual([['STREAM_MALFORMED', 99], new TypeError('7')]);
  });

  test('a carrier stream tells what is not its own, what is not known and what comes too late', () => {
    const { socket, stream: one } = stream(1);
    const heard: string[] = [];
    one.listen(
      carrierListener({
        digit: (digit) => void heard.push(digit),
        strayed: () => void heard.push('strayed'),
        ignored: (kind) => void heard.push(kind),
        repeated: (name) => void heard.push(name),
        stopped: () => void heard.push('stopped'),
        typed: (text) => void heard.push(text),
      }),
    );
    socket.hears({ event: 'connected' });
    socket.hears({ event: 'novelty' });
    socket.hears({ event: 'media', media: { payload: '' } });
    socket.hears({ event: 'dtmf', streamSid: 'MZ2', dtmf: { digit: '1' } });
    socket.hears({ event: 'dtmf', dtmf: { digit: '2' } });
    socket.hears({ event: 'typed', typed: { text: 'hello' } });
    socket.hears({ event: 'stop' });
    socket.hears({ event: 'dtmf', dtmf: { digit: '3' } });
    expect(heard).toEqual(['connected', 'unknown', 'empty', 'strayed', '2', 'hello', 'stopped', 'strayed']);
  });

  test('a carrier stream sends nothing once its socket is not open', () => {
    const { socket, stream: one } = stream(1);
    socket.dies(1006);
    one.sendClear();
    one.sendMark('g1:1');
    one.ping();
    expect([socket.sent, socket.pings]).toEqual([[], 0]);
  });
});

describe('a rate window', () => {
  test('a rate window counts what happened within its sweeps', () => {
    const window = new RateWindow(3);
    expect([window.count(), window.count()]).toEqual([1, 2]);
    window.sweep();
    window.sweep();
    expect(window.count()).toBe(3);
    window.sweep();
    expect(window.count()).toBe(2);
  });
});
