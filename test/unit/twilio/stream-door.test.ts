import { describe, expect, test } from 'vitest';
import { CarrierStream } from '../../../src/services/twilio/stream/carrier-stream.ts';
import { RateWindow } from '../../../src/services/phone/rate-window.ts';
import { CallStreams } from '../../../src/services/phone/call-streams.ts';
import { EngineEnd } from '../../support/stream-pair.ts';

function stream(epoch: number) {
  const socket = new EngineEnd();
  return {
    socket,
    stream: new CarrierStream(socket, { callSid: 'CA1', streamSid: `MZ${String(epoch)}`, epoch }),
  };
}

describe('the stream door', () => {
  test('the stream door lets a stream wait for the leg', () => {
    const door = new CallStreams();
    const first = stream(1);
    expect(door.attach(first.stream)).toBe(true);
    const seen: CarrierStream[] = [];
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
    for (let i = 0; i < 3; i++) socket.hears({ i });
    socket.dies(1006);
    const listener = {
      message: (data: Buffer) => heard.push(JSON.parse(data.toString())),
      closed: (code: number) => heard.push(code),
    };
    one.listen(listener);
    expect(heard).toEqual([{ i: 0 }, { i: 1 }, { i: 2 }, 1006]);
  });

  test('a carrier stream keeps the newest ten seconds', () => {
    const { socket, stream: one } = stream(1);
    for (let i = 0; i < 600; i++) socket.hears({ i });
    const heard: string[] = [];
    one.listen({ message: (data) => heard.push(data.toString()), closed: () => undefined });
    expect(heard).toHaveLength(500);
    expect(heard[0]).toBe('{"i":100}');
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
