import { beforeEach, describe, expect, test } from 'vitest';
import { readStreamMessage, type StreamMessage } from '../../../../src/protocol/twilio-stream.ts';
import type { CarrierEvent } from '../../../../src/simulator/carrier/carrier-events.ts';
import { CallerVoice } from '../../../../src/simulator/carrier/caller-voice.ts';
import { SimulatedCall, type StreamFaults } from '../../../../src/simulator/carrier/simulated-call.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const streamSid = 'MZ1';

type OnMessage = (data: { toString(): string }, isBinary: boolean) => void;
type OnClose = (code: number) => void;

/** The engine's end of the socket. */
class EngineEnd {
  readonly heard: StreamMessage[] = [];
  readonly raw: Record<string, unknown>[] = [];
  closedWith: number | undefined;
  isTerminated = false;
  #onMessage: OnMessage = () => undefined;
  #onClose: OnClose = () => undefined;

  send(text: string): void {
    this.raw.push(JSON.parse(text) as Record<string, unknown>);
    this.heard.push(readStreamMessage(text));
  }
  close(code?: number): void {
    this.closedWith = code;
  }
  terminate(): void {
    this.isTerminated = true;
  }
  on(event: string, listener: (...args: never[]) => void): void {
    if (event === 'message') this.#onMessage = listener as OnMessage;
    if (event === 'close') this.#onClose = listener as OnClose;
  }
  says(message: unknown): void {
    this.#onMessage(typeof message === 'string' ? message : JSON.stringify(message), false);
  }
  saysBytes(bytes: Buffer): void {
    this.#onMessage(bytes, true);
  }
  plays(ms: number): void {
    this.says({ event: 'media', streamSid, media: { payload: Buffer.alloc(ms * 8, 1).toString('base64') } });
  }
  marks(name: string): void {
    this.says({ event: 'mark', streamSid, mark: { name } });
  }
  closes(code: number): void {
    this.#onClose(code);
  }
  events(event: string): StreamMessage[] {
    return this.heard.filter((message) => message.event === event);
  }
}

let clock: VirtualClock;
let engine: EngineEnd;
let voice: CallerVoice;
let told: CarrierEvent[];

const begin = (faults?: StreamFaults) =>
  new SimulatedCall({
    clock,
    socket: engine,
    accountSid: 'AC1',
    callSid: 'CA1',
    streamSid,
    customParameters: { token: 'secret' },
    voice,
    ...(faults && { faults }),
    tell: (event) => told.push(event),
  });

beforeEach(() => {
  clock = new VirtualClock(1_000_000);
  engine = new EngineEnd();
  voice = new CallerVoice();
  told = [];
});

describe('a simulated call', () => {
  test('a simulated call begins with connected and start, the numbers as strings and the parameters of the TwiML', () => {
    begin();
    expect(engine.raw).toEqual([
      { event: 'connected', protocol: 'Call', version: '1.0.0' },
      {
        event: 'start',
        sequenceNumber: '1',
        start: {
          accountSid: 'AC1',
          streamSid,
          callSid: 'CA1',
          tracks: ['inbound'],
          mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
          customParameters: { token: 'secret' },
        },
        streamSid,
      },
    ]);
  });

  test('a simulated call sends a frame every 20 ms, silence when the caller says nothing', () => {
    begin();
    clock.advance(100);
    const frames = engine.raw.slice(2);
    expect(frames).toHaveLength(5);
    const silence = Buffer.alloc(160, 0xff).toString('base64');
    expect(frames[4]).toEqual({
      event: 'media',
      sequenceNumber: '6',
      media: { track: 'inbound', chunk: '5', timestamp: '80', payload: silence },
      streamSid,
    });
  });

  test('a simulated call tells the words that were typed once, just before the first frame of their audio', () => {
    begin();
    void voice.say(new Uint8Array(320).fill(0x10), 'Zoë, on Friday');
    void voice.say(new Uint8Array(160).fill(0x10));
    clock.advance(80);
    expect(engine.raw.slice(2).map(({ event }) => event)).toEqual([
      'typed',
      'media',
      'media',
      'media',
      'media',
    ]);
    expect(engine.raw[2]).toMatchObject({
      sequenceNumber: '2',
      typed: { text: 'Zoë, on Friday' },
      streamSid,
    });
  });

  test('a simulated call makes up for a late timer instead of drifting, and leaves a gap when it slept too long', () => {
    const late = new VirtualClock();
    let lag = 0;
    const lagging = {
      now: () => late.now(),
      steady: () => late.steady(),
      setTimeout: (fn: () => void, ms: number) => late.setTimeout(fn, ms + lag),
      clearTimeout: (id: unknown) => {
        late.clearTimeout(id);
      },
    };
    new SimulatedCall({
      clock: lagging,
      socket: engine,
      accountSid: 'AC1',
      callSid: 'CA1',
      streamSid,
      customParameters: {},
      voice,
    });
    lag = 17;
    late.advance(2000);
    expect(engine.events('media').length).toBeGreaterThanOrEqual(98);
    lag = 5000;
    late.advance(5100);
    const times = engine.heard.flatMap((message) =>
      message.event === 'media' ? [message.media.timestamp ?? Number.NaN] : [],
    );
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(gaps.filter((gap) => gap > 20)).toHaveLength(1);
    expect(times.every((time) => time % 20 === 0)).toBe(true);
  });

  test('a simulated call speaks what the caller says, and tells when speech begins and ends in it', async () => {
    begin();
    const quiet = new Uint8Array(320).fill(0xff);
    const words = Uint8Array.from([...quiet, ...new Uint8Array(400).fill(0x10), ...quiet]);
    const spoken = voice.say(words);
    clock.advance(200);
    await spoken;
    expect(told.filter(({ type }) => type.startsWith('caller.'))).toEqual([
      { type: 'caller.audible', atMs: 40 },
      { type: 'caller.quiet', atMs: 100 },
    ]);
    const sent = engine.heard.flatMap((message) =>
      message.event === 'media' ? [message.media.payload] : [],
    );
    const bytes = Buffer.concat(sent.map((payload) => Buffer.from(payload, 'base64')));
    expect(bytes.subarray(0, words.length).equals(words)).toBe(true);
    expect(voice.isSpeaking).toBe(false);
  });

  test('a simulated call returns a mark when the caller has heard what came before it', () => {
    begin();
    engine.plays(100);
    engine.marks('end');
    clock.advance(99);
    expect(engine.events('mark')).toEqual([]);
    clock.advance(1);
    expect(engine.events('mark')).toMatchObject([{ event: 'mark', streamSid, mark: { name: 'end' } }]);
    expect(told.filter(({ type }) => type.startsWith('agent.'))).toEqual([
      { type: 'agent.audible', atMs: 0 },
      { type: 'agent.quiet', atMs: 100 },
    ]);
  });

  test('a simulated call drops the rest on clear and returns every mark at once', () => {
    const call = begin();
    engine.plays(100);
    engine.marks('one');
    engine.plays(100);
    engine.marks('two');
    clock.advance(50);
    engine.says({ event: 'clear', streamSid });
    expect(engine.heard.flatMap((message) => (message.event === 'mark' ? [message.mark.name] : []))).toEqual([
      'one',
      'two',
    ]);
    expect(told).toContainEqual({ type: 'playback.cleared', atMs: 50, droppedMs: 150 });
    expect(call.playback.pieces.map(({ audibleBytes }) => audibleBytes)).toEqual([400, 0]);
  });

  test.each([
    ['an unknown event', { event: 'clean', streamSid }],
    ['a missing stream', { event: 'clear' }],
    ['another stream', { event: 'clear', streamSid: 'MZ2' }],
    ['a misspelt field', { event: 'clear', stream_sid: streamSid }],
    ['a mark without a name', { event: 'mark', streamSid, mark: {} }],
    ['audio that is not base64', { event: 'media', streamSid, media: { payload: '***' } }],
  ])('a simulated call answers %s with warning 31951, and does nothing', (_, message) => {
    const call = begin();
    engine.plays(100);
    engine.says(message);
    expect(call.alerts.map(({ code }) => code)).toEqual([31_951]);
    expect(call.playback.isPlaying(99)).toBe(true);
  });

  test('a simulated call answers binary messages and text that is not JSON with warning 31950', () => {
    const call = begin();
    engine.saysBytes(Buffer.from('{}'));
    engine.says('{"event":');
    expect(call.alerts.map(({ code }) => code)).toEqual([31_950, 31_950]);
  });

  test('a simulated call says stop and closes when the caller hangs up, and leaves no timer behind', async () => {
    const call = begin();
    engine.plays(1000);
    clock.advance(100);
    call.hangUp();
    expect(await call.ended).toBe('caller');
    expect(engine.raw.at(-1)).toMatchObject({
      event: 'stop',
      stop: { accountSid: 'AC1', callSid: 'CA1' },
      streamSid,
    });
    expect(engine.closedWith).toBe(1000);
    expect(clock.pending).toBe(0);
    call.hangUp();
    call.press('1');
    expect(engine.events('stop')).toHaveLength(1);
  });

  test('a simulated call leaves stop out when asked to', () => {
    begin({ omitStop: true }).hangUp();
    expect(engine.events('stop')).toEqual([]);
    expect(engine.closedWith).toBe(1000);
  });

  test('a simulated call can vanish without a word', async () => {
    const call = begin({ toEngineMs: 30 });
    clock.advance(100);
    const heard = engine.heard.length;
    call.vanish();
    clock.advance(1000);
    expect(await call.ended).toBe('network');
    expect(engine.isTerminated).toBe(true);
    expect(engine.heard).toHaveLength(heard);
    expect(clock.pending).toBe(0);
  });

  test('a simulated call tells apart an engine that closed the stream and a connection that broke', async () => {
    const closed = begin();
    engine.closes(1008);
    expect(await closed.ended).toBe('engine');
    expect(told.at(-1)).toEqual({
      ...{ type: 'stream.ended', by: 'engine', atMs: 0, droppedMs: 0, closeCode: 1008 },
    });
    const broken = begin();
    engine.closes(1006);
    expect(await broken.ended).toBe('network');
  });

  test('a simulated call loses the frames it is told to lose, and their time passes', () => {
    begin({ dropsFrame: (index) => index === 1 });
    clock.advance(60);
    const media = engine.raw.slice(2).map(({ media }) => media as { timestamp: string });
    expect(media.map(({ timestamp }) => timestamp)).toEqual(['0', '40']);
  });

  test('a simulated call delays both directions and keeps their order', () => {
    begin({ toEngineMs: 50, fromEngineMs: 25 });
    expect(engine.heard).toEqual([]);
    engine.plays(100);
    engine.marks('end');
    clock.advance(50);
    expect(engine.heard.map(({ event }) => event)).toEqual(['connected', 'start']);
    expect(told).toContainEqual({ type: 'agent.audible', atMs: 25 });
    clock.advance(124);
    expect(engine.events('mark')).toEqual([]);
    clock.advance(1);
    expect(engine.events('mark')).toHaveLength(1);
  });

  test('a simulated call delivers stop before it closes a slow connection', () => {
    const call = begin({ toEngineMs: 50 });
    call.hangUp();
    expect(engine.closedWith).toBeUndefined();
    clock.advance(50);
    expect(engine.heard.at(-1)?.event).toBe('stop');
    expect(engine.closedWith).toBe(1000);
  });

  test('a simulated call sends keys as dtmf', () => {
    begin().press('#');
    expect(engine.raw.at(-1)).toEqual({
      event: 'dtmf',
      sequenceNumber: '2',
      dtmf: { track: 'inbound_track', digit: '#' },
      streamSid,
    });
  });

  test('a simulated call keeps both sides of the line, each at its time', () => {
    const call = begin();
    clock.advance(40);
    void voice.say(new Uint8Array(160).fill(2));
    engine.plays(20);
    clock.advance(60);
    const { caller, agent } = call.render();
    expect(caller).toHaveLength(800);
    expect([caller.indexOf(2), caller.lastIndexOf(2)]).toEqual([320, 479]);
    expect([agent.indexOf(1), agent.lastIndexOf(1)]).toEqual([320, 479]);
  });
});
