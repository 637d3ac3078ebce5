import { beforeEach, describe, expect, test } from 'vitest';
import { CallerVoice } from '../../../src/simulator/carrier/caller-voice.ts';
import { PlaybackSchedule } from '../../../src/simulator/carrier/playback-schedule.ts';
import { SimulatedCall } from '../../../src/simulator/carrier/simulated-call.ts';
import { CarrierEnd, EngineEnd } from '../../support/stream-pair.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

describe('when the carrier plays', () => {
  test('the carrier plays 8 bytes a millisecond, one piece behind the other, whenever they came', () => {
    const schedule = new PlaybackSchedule();
    expect(schedule.add(100, 800)).toBe(100);
    expect(schedule.add(120, 80)).toBe(200);
    expect(schedule.endsAtMs).toBe(210);
    expect([schedule.isPlaying(209.9), schedule.isPlaying(210)]).toEqual([true, false]);
  });

  test('the carrier begins at once again after its buffer ran dry', () => {
    const schedule = new PlaybackSchedule();
    schedule.add(0, 80);
    expect(schedule.add(500, 80)).toBe(500);
    expect(schedule.endsAtMs).toBe(510);
  });

  test('a mark is due when what was sent before it is played, whatever is sent after it', () => {
    const schedule = new PlaybackSchedule();
    schedule.add(0, 800);
    schedule.mark(0, 'one');
    schedule.add(0, 800);
    schedule.mark(0, 'two');
    expect(schedule.nextMarkAtMs).toBe(100);
    expect(schedule.takeMarks(99)).toEqual([]);
    expect(schedule.takeMarks(100)).toEqual(['one']);
    expect(schedule.takeMarks(1000)).toEqual(['two']);
    expect(schedule.nextMarkAtMs).toBeUndefined();
  });

  test('a mark that finds nothing buffered is due at once', () => {
    const schedule = new PlaybackSchedule();
    schedule.mark(40, 'early');
    expect(schedule.takeMarks(40)).toEqual(['early']);
  });

  test('a clear drops exactly what was not played, and gives back every mark that waits, in order', () => {
    const schedule = new PlaybackSchedule();
    schedule.add(0, 800);
    schedule.mark(0, 'heard');
    schedule.add(0, 800);
    schedule.mark(0, 'cut');
    schedule.mark(0, 'cut too');
    expect(schedule.takeMarks(130)).toEqual(['heard']);
    expect(schedule.clear(130)).toEqual({ marks: ['cut', 'cut too'], droppedMs: 70 });
    expect([schedule.endsAtMs, schedule.add(131, 80)]).toEqual([130, 131]);
  });

  test('a clear of an empty buffer drops nothing, and moves nothing', () => {
    const schedule = new PlaybackSchedule();
    schedule.add(0, 80);
    expect(schedule.clear(50)).toEqual({ marks: [], droppedMs: 0 });
    expect(schedule.endsAtMs).toBe(10);
  });
});

let clock: VirtualClock;
let engine: EngineEnd;
let call: SimulatedCall;
let said: Record<string, unknown>[];

/** The engine sends one message. */
function sends(message: object): void {
  const text = Buffer.from(JSON.stringify({ streamSid: 'MZ1', ...message }));
  engine.sendText(text, 0, text.length);
}
const plays = (ms: number) => {
  sends({ event: 'media', media: { payload: Buffer.alloc(ms * 8, 1).toString('base64') } });
};
const marks = (name: string) => {
  sends({ event: 'mark', mark: { name } });
};
const saidOf = (event: string) => said.filter((message) => message['event'] === event);

beforeEach(() => {
  clock = new VirtualClock();
  engine = new EngineEnd();
  said = [];
  engine.on('message', (data: Buffer) => said.push(JSON.parse(data.toString()) as Record<string, unknown>));
  call = new SimulatedCall({
    ...{ clock, socket: new CarrierEnd(engine), accountSid: 'AC1', callSid: 'CA1', streamSid: 'MZ1' },
    customParameters: {},
    voice: new CallerVoice(),
  });
});

describe('a stream of the carrier', () => {
  test('a stream of the carrier numbers marks and frames in one sequence, without a gap', async () => {
    plays(50);
    marks('end');
    await clock.run(100);
    call.hangUp();
    const numbers = said.slice(1).map(({ sequenceNumber }) => Number(sequenceNumber));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(said.map(({ event }) => event)).toEqual([
      ...['connected', 'start', 'media', 'media', 'mark', 'media', 'media', 'media', 'stop'],
    ]);
  });

  test('a stream of the carrier returns the marks of a clear before its next frame, and each once', async () => {
    plays(100);
    marks('one');
    plays(100);
    marks('two');
    await clock.run(30);
    sends({ event: 'clear' });
    expect(saidOf('mark').map(({ mark }) => mark)).toEqual([{ name: 'one' }, { name: 'two' }]);
    await clock.run(1000);
    expect(saidOf('mark')).toHaveLength(2);
    expect(call.playback.bytesHeardBy(1030)).toBe(240);
  });

  test('a stream of the carrier plays on after a clear, and its marks hold for what came since', async () => {
    plays(1000);
    await clock.run(100);
    sends({ event: 'clear' });
    plays(60);
    marks('again');
    await clock.run(59);
    expect(saidOf('mark')).toEqual([]);
    await clock.run(1);
    expect(saidOf('mark')).toHaveLength(1);
  });

  test('a stream of the carrier says nothing after stop, whatever waits and whatever is sent', async () => {
    plays(100);
    marks('waits');
    // The engine answers in the same tick.
    engine.on('message', (data: Buffer) => {
      if (data.includes('"event":"stop"')) sends({ event: 'clear' });
    });
    call.hangUp();
    await clock.run(1000);
    expect(said.at(-1)).toMatchObject({ event: 'stop' });
    expect(saidOf('mark')).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('the marks of a stream hold their names as they were sent', () => {
    marks('g1:"ä"\\');
    expect(saidOf('mark')).toMatchObject([{ mark: { name: 'g1:"ä"\\' } }]);
    expect(call.alerts).toEqual([]);
  });
});
