import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HeardItem } from '../../../src/media/heard.ts';
import { audioSent, audioTag, PhoneLegBench } from '../../support/phone-leg.ts';
import { holds } from '../../support/properties.ts';

const frame = (timestamp: number, streamSid = 'MZ1') => ({
  event: 'media',
  sequenceNumber: '2',
  media: {
    track: 'inbound',
    chunk: '1',
    timestamp: String(timestamp),
    payload: Buffer.alloc(160, 0x33).toString('base64'),
  },
  streamSid,
});

describe('the phone leg, listening to the caller', () => {
  test('the phone leg passes frames down the line and does nothing else with them', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    bench.facts.length = 0;
    const timers = bench.clock.pending;
    const lines = bench.log.lines.length;
    for (let i = 0; i < 50; i++) socket.hears(frame(i * 20));
    expect(bench.callerAudio).toHaveLength(50);
    expect(bench.callerAudio.every((audio) => audio.equals(Buffer.alloc(160, 0x33)))).toBe(true);
    expect(bench.facts).toEqual([]);
    expect(socket.sent).toEqual([]);
    expect(bench.clock.pending).toBe(timers);
    expect(bench.log.lines).toHaveLength(lines);
  });

  test('the phone leg hands over the very bytes of the message from the second frame on', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    const texts: Buffer[] = [];
    bench.line.listenAsModel({ callerAudio: (text) => texts.push(text) });
    const messages = [0, 20].map((at) => Buffer.from(JSON.stringify(frame(at))));
    for (const message of messages) socket.hears(message);
    expect(texts[1]).toBe(messages[1]);
  });

  test('the phone leg passes typed words on in order with their audio, and those of another stream not at all', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    const order: string[] = [];
    bench.line.listenAsModel({
      callerAudio: () => order.push('audio'),
      callerTyped: (text) => order.push(text),
    });
    socket.hears(frame(0));
    socket.hears({ event: 'typed', streamSid: 'MZ1', typed: { text: 'Zoë' } });
    socket.hears(frame(20));
    socket.hears({ event: 'typed', streamSid: 'MZother', typed: { text: 'Eve' } });
    expect(order).toEqual(['audio', 'Zoë', 'audio']);
    bench.line.listenAsModel({ callerAudio: () => undefined });
    socket.hears({ event: 'typed', typed: { text: 'nobody takes it' } });
    expect(bench.ignored).toEqual([]);
  });

  test('the phone leg passes on what the caller said before the leg was there', () => {
    const bench = new PhoneLegBench();
    const { carrier } = bench.call();
    bench.clock.advance(100);
    expect(bench.callerAudio).toHaveLength(5);
    expect(bench.told).toEqual(['phone.attached']);
    carrier.hangUp();
  });

  test('the phone leg tells digits, twenty a second at most', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    const press = () => {
      socket.hears({ event: 'dtmf', streamSid: 'MZ1', dtmf: { track: 'inbound_track', digit: '7' } });
    };
    for (let i = 0; i < 25; i++) press();
    expect(bench.told.filter((type) => type === 'digit.pressed')).toHaveLength(20);
    bench.clock.advance(1000);
    press();
    expect(bench.facts.at(-1)).toEqual({ type: 'digit.pressed', digit: '7' });
    expect(JSON.stringify(bench.log.lines)).not.toContain('"7"');
  });

  test('the phone leg fills a gap in the caller frames with silence, as long as it lasts', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    for (let i = 0; i < 10; i++) socket.hears(frame(i * 20));
    bench.callerAudio.length = 0;
    bench.clock.advance(750);
    expect(bench.callerAudio).toEqual([]); // The first sweep saw the frames before the gap.
    bench.clock.advance(250);
    expect(bench.callerAudio.map(({ length }) => length / 8)).toEqual([750]);
    bench.clock.advance(1000);
    expect(bench.callerAudio.map(({ length }) => length / 8)).toEqual([750, 250, 250, 250, 250]);
    expect(bench.callerAudio.every((audio) => audio.every((byte) => byte === 0xff))).toBe(true);
    socket.hears(frame(2000));
    bench.callerAudio.length = 0;
    bench.clock.advance(750);
    expect(bench.callerAudio).toEqual([]);
  });

  test('the phone leg pings a stream that is silent for 3 s, and gives it up after 6 s', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    bench.clock.advance(2999);
    expect(socket.pings).toBe(0);
    bench.clock.advance(1);
    expect(socket.pings).toBe(1);
    bench.clock.advance(2999);
    expect(bench.told).toEqual(['phone.attached']);
    bench.clock.advance(1);
    expect(socket.isTerminated).toBe(true);
    expect(bench.facts.at(-1)).toMatchObject({
      type: 'phone.lost',
      error: { code: 'STREAM_LOST' },
      heard: [],
    });
    expect(bench.clock.pending).toBe(0);
  });

  test('the phone leg skips messages that cannot be read, and closes with 1007 at fifty within ten seconds', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    const bad = (n: number) => {
      for (let i = 0; i < n; i++) socket.hears(Buffer.from(`{"event":"media","secret words`));
    };
    bad(49);
    socket.hears(frame(0));
    bench.clock.advance(5000);
    expect(socket.readyState).toBe(1);
    for (let i = 0; i < 10; i++) {
      socket.hears(frame(0));
      bench.clock.advance(1000);
    }
    bad(30); // The 49 are forgotten by now.
    expect(socket.readyState).toBe(1);
    socket.hears(Buffer.from('x'), true);
    bad(19);
    expect(socket.closedWith?.code).toBe(1007);
    expect(bench.facts.at(-1)).toMatchObject({ type: 'phone.lost', error: { code: 'STREAM_MALFORMED' } });
    expect(JSON.stringify([bench.log.lines, bench.facts])).not.toContain('secret');
  });

  test('the phone leg ignores and counts messages by a name it does not know, however many come', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    for (let i = 0; i < 500; i++) {
      socket.hears({ event: 'speechActivity', streamSid: 'MZ1', words: 'secret' });
      socket.hears({ event: 'error', reason: 'secret' });
      socket.hears(frame(i * 20));
      bench.clock.advance(20);
    }
    expect(socket.readyState).toBe(1);
    expect(bench.told).toEqual(['phone.attached']);
    expect(bench.ignored.filter((kind) => kind === 'unknown')).toHaveLength(1000);
    expect(bench.callerAudio).toHaveLength(500);
    expect(JSON.stringify(bench.log.lines)).not.toContain('secret');
  });

  test('the phone leg hears look-alikes that leave out padding, streamSid and timestamps, or write numbers', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    const audio = Buffer.alloc(160, 0x33);
    const payload = audio.toString('base64').replace(/=+$/, '');
    for (let i = 0; i < 100; i++) {
      socket.hears({ event: 'media', sequenceNumber: i, media: { timestamp: i * 20, payload } });
      socket.hears({ event: 'media', media: { payload } });
      bench.clock.advance(40);
    }
    socket.hears({ event: 'dtmf', dtmf: { digit: '7' } });
    expect(bench.callerAudio).toHaveLength(200);
    expect(bench.callerAudio.every((heard) => heard.equals(audio))).toBe(true);
    expect(bench.told).toEqual(['phone.attached', 'digit.pressed']);
    socket.hears({ event: 'stop' });
    expect(bench.told.at(-1)).toBe('phone.stopped');
  });

  test('the phone leg passes padded audio on when the far end leaves the padding out', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    const texts: string[] = [];
    bench.line.listenAsModel({
      callerAudio: (text, start, end) => texts.push(text.toString('latin1', start, end)),
    });
    socket.hears({ event: 'media', streamSid: 'MZ1', media: { timestamp: '0', payload: 'AAAAAA' } });
    expect(texts).toEqual(['AAAAAA==']);
  });

  test('the phone leg takes frames without audio as a sign of life, and as silence', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    for (let i = 0; i < 800; i++) {
      socket.hears({ ...frame(i * 20), media: { track: 'inbound', timestamp: String(i * 20), payload: '' } });
      bench.clock.advance(20);
    }
    expect(socket.pings).toBe(0);
    expect(bench.told).toEqual(['phone.attached']);
    expect(bench.ignored).toEqual(Array.from({ length: 800 }, () => 'empty'));
    expect(bench.callerAudio.reduce((sum, { length }) => sum + length / 8, 0)).toBe(16_000);
  });

  test('the phone leg drops messages of another stream, and closes with 1008 at a hundred', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    for (let i = 0; i < 99; i++) socket.hears(frame(i * 20, 'MZother'));
    expect(bench.callerAudio).toEqual([]);
    expect(socket.readyState).toBe(1);
    socket.hears(frame(0, 'MZother'));
    expect(socket.closedWith?.code).toBe(1008);
  });
});

describe('a stream that sends more than a telephone line carries', () => {
  const audioOf = (ms: number) => Buffer.alloc(ms * 8, 0x55).toString('base64');
  const media = (ms: number) => ({
    event: 'media',
    streamSid: 'MZ1',
    media: { track: 'inbound', timestamp: '0', payload: audioOf(ms) },
  });
  const heardMs = (bench: PhoneLegBench) =>
    bench.callerAudio.reduce((sum, { length }) => sum + length / 8, 0);

  test('a stream that sends too fast brings the model 2 s of it at once, and no more than time allows', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    for (let i = 0; i < 300; i++) socket.hears(media(20));
    expect(heardMs(bench)).toBe(2000);
    bench.clock.advance(500);
    for (let i = 0; i < 100; i++) socket.hears(media(20));
    expect(heardMs(bench)).toBe(2500);
    expect(socket.readyState).toBe(1);
    expect(bench.log.lines).toHaveLength(1);
  });

  test('a stream that sends too fast is measured by what its audio plays, whatever it says of its time', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    for (let i = 0; i < 10; i++) socket.hears(media(1500));
    expect(heardMs(bench)).toBe(1500);
  });

  test('a stream that sends too fast is held to the same rule by whichever reader its frames are read', () => {
    /** How a flood with the agent speaking ends, at twice the pace of a line. */
    const flooded = (written: (text: string) => string) => {
      const bench = new PhoneLegBench();
      const socket = bench.attach();
      bench.say('i1', 480_000);
      let sent = 0;
      while (socket.readyState === 1 && sent < 10_000) {
        socket.hears(Buffer.from(written(JSON.stringify(frame(sent * 20)))));
        if (++sent % 2 === 0) bench.clock.advance(20);
      }
      return { sent, heardMs: heardMs(bench), facts: bench.facts, lines: bench.log.lines };
    };
    const byBytes = flooded((text) => text);
    // An escape means the same, and teaches no layout: every such frame is read by the schema.
    const bySchema = flooded((text) => text.replace('"media"', '"medi\\u0061"'));
    expect(byBytes.facts.at(-1)).toMatchObject({ type: 'phone.lost', error: { code: 'STREAM_TOO_FAST' } });
    expect(bySchema).toEqual(byBytes);
  });

  test('a stream that stalled for 5.5 s is let catch up', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    socket.hears(media(20));
    bench.clock.advance(2500);
    bench.clock.advance(3000); // Suspected, and not lost before six seconds of it.
    const padded = heardMs(bench);
    for (let i = 0; i < 275; i++) socket.hears(media(20));
    expect(heardMs(bench) - padded).toBe(5500);
    expect(socket.readyState).toBe(1);
  });

  test.each([
    ['audio', media(20)],
    ['audio in long frames', media(1500)],
    ['marks', { event: 'mark', streamSid: 'MZ1', mark: { name: 'none' } }],
    ['digits', { event: 'dtmf', streamSid: 'MZ1', dtmf: { track: 'inbound_track', digit: '1' } }],
  ])('a stream that sends too fast is closed with 1008 when its %s never end', (_what, message) => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    let sent = 0;
    while (socket.readyState === 1 && sent < 5000) {
      socket.hears(message);
      sent++;
    }
    expect(socket.closedWith?.code).toBe(1008);
    expect(sent).toBeLessThan(2600);
    expect(bench.facts.at(-1)).toMatchObject({ type: 'phone.lost', error: { code: 'STREAM_TOO_FAST' } });
    expect(bench.clock.pending).toBe(0);
  });

  test('a stream that sends too fast is not read any more after it was closed', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    while (socket.readyState === 1) socket.hears(media(20));
    expect(socket.isPaused).toBe(false);
    for (let i = 0; i < 300; i++) socket.hears(media(20));
    expect(socket.isPaused).toBe(true);
  });

  test('a stream at twice the pace of a line is heard in real time, and closed before a minute is over', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    let ms = 0;
    while (socket.readyState === 1 && ms < 60_000) {
      for (let i = 0; i < 2; i++) socket.hears(media(20));
      bench.clock.advance(20);
      ms += 20;
    }
    expect(heardMs(bench)).toBeLessThanOrEqual(ms + 2000);
    expect(socket.closedWith?.code).toBe(1008);
  });

  test('a stream at the pace of a line is never too fast, for as long as a call lasts', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    const frames = 50 * 1800;
    for (let i = 0; i < frames; i++) {
      socket.hears(media(20));
      bench.clock.advance(20);
    }
    expect(heardMs(bench)).toBe(frames * 20);
    expect(bench.log.lines).toEqual([]);
  });
});

describe('the phone leg, playing the agent', () => {
  test('the phone leg sends one media message for each delta, and marks', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    bench.say('i1', 14_400);
    bench.endItem('i1');
    bench.endResponse();
    expect(socket.said).toEqual(['media', 'mark', 'media', 'media', 'mark']);
    expect(bench.told).toEqual(['phone.attached', 'playback.started']);
    expect(audioSent(socket)).toHaveLength(14_400);
  });

  test('the phone leg sends every byte once, in whole frames, whatever the deltas', () => {
    holds(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 4000 }),
        fc.integer({ min: 1, max: 1500 }),
        (audio, deltaBytes) => {
          const bench = new PhoneLegBench();
          const socket = bench.attach();
          bench.say('i1', Buffer.from(audio), { deltaBytes });
          bench.endItem('i1');
          const sent = audioSent(socket);
          expect(sent.length % 160).toBe(0);
          expect(sent.subarray(0, audio.length).equals(Buffer.from(audio))).toBe(true);
          expect(sent.subarray(audio.length).every((byte) => byte === 0xff)).toBe(true);
          for (const { media } of socket.messages) {
            if (media === undefined) continue;
            const { payload } = media as { payload: string };
            expect(Buffer.from(payload, 'base64').length % 160).toBe(0);
          }
        },
      ),
      { runs: 60 },
    );
  });

  test('the phone leg keeps audio that comes before the stream, half a minute at most', () => {
    const bench = new PhoneLegBench();
    bench.say('i1', 40 * 8000, { deltaBytes: 8000 });
    bench.endItem('i1');
    bench.endResponse();
    const { carrier, socket } = bench.call();
    expect(audioSent(socket)).toHaveLength(30 * 8000);
    expect(bench.told).toEqual(['phone.attached', 'playback.started']);
    bench.clock.advance(31_000);
    expect(bench.facts.at(-1)).toMatchObject({
      type: 'playback.finished',
      heard: [{ itemId: 'i1', receivedMs: 40_000, sentMs: 30_000, heardMs: 30_000, complete: false }],
    });
    expect(carrier.alerts).toEqual([]);
  });

  test('the phone leg is finished when the last byte was heard and the response has ended, not when it runs dry', () => {
    const bench = new PhoneLegBench();
    bench.call();
    bench.say('i1', 8000);
    bench.clock.advance(3000);
    expect(bench.told).toEqual(['phone.attached', 'playback.started']);
    bench.say('i1', 800);
    bench.endItem('i1');
    bench.endResponse();
    bench.clock.advance(99);
    expect(bench.told).toHaveLength(2);
    bench.clock.advance(21);
    expect(bench.facts.slice(2)).toEqual([
      {
        type: 'playback.finished',
        heard: [{ ...audioTag('i1'), receivedMs: 1100, sentMs: 1100, heardMs: 1100, complete: true }],
      },
    ]);
  });

  test('the phone leg says nothing of a response without audio', () => {
    const bench = new PhoneLegBench();
    bench.attach();
    bench.endResponse('r9');
    expect(bench.told).toEqual(['phone.attached']);
  });

  test('the phone leg clears in the tick of the order, then tells what was heard, and drops what comes after', () => {
    const bench = new PhoneLegBench();
    const { carrier, socket } = bench.call();
    bench.say('i1', 16_000);
    bench.clock.advance(500);
    const before = socket.sent.length;
    bench.order({ type: 'clearPlayback' });
    expect(socket.said.slice(before)).toEqual(['clear']);
    expect(bench.facts.at(-1)).toMatchObject({
      type: 'playback.cleared',
      heard: [{ itemId: 'i1', receivedMs: 2000, sentMs: 2000, heardMs: 500, complete: false }],
    });
    bench.say('i1', 8000);
    bench.say('i2', 8000);
    bench.endResponse();
    expect(socket.said.slice(before)).toEqual(['clear']);
    bench.say('i3', 800, { responseId: 'r2' });
    bench.endResponse('r2');
    bench.clock.advance(200);
    expect(bench.facts.at(-1)).toMatchObject({
      type: 'playback.finished',
      heard: [{ itemId: 'i3', complete: true }],
    });
    expect(carrier.alerts).toEqual([]);
  });

  test('the phone leg answers a clear also when nothing plays, and before there is a stream', () => {
    const bench = new PhoneLegBench();
    bench.say('i1', 8000);
    bench.order({ type: 'clearPlayback' });
    expect(bench.facts).toMatchObject([{ type: 'playback.cleared', heard: [{ sentMs: 0, heardMs: 0 }] }]);
    const socket = bench.attach();
    expect(socket.sent).toEqual([]);
    bench.order({ type: 'clearPlayback' });
    expect(bench.facts.at(-1)).toEqual({ type: 'playback.cleared', heard: [] });
  });

  test('the phone leg lets a clear that is ordered at the first sound stop the rest of the clip', () => {
    const bench = new PhoneLegBench({
      clips: { hold: Buffer.alloc(40_000, 0x55) },
      onFact: (fact, its) => {
        if (fact.type === 'playback.started') its.order({ type: 'clearPlayback' });
      },
    });
    bench.order({ type: 'playClip', clip: 'hold' });
    const socket = bench.attach();
    expect(socket.said.at(-1)).toBe('clear');
    expect(audioSent(socket)).toHaveLength(8000);
    expect(bench.told).toEqual(['phone.attached', 'playback.started', 'playback.cleared']);
  });

  test('the phone leg plays a clip under its own name', () => {
    const bench = new PhoneLegBench({ clips: { sorry: Buffer.alloc(9000, 0x55) } });
    bench.call();
    bench.order({ type: 'playClip', clip: 'sorry' });
    bench.clock.advance(1200);
    expect(bench.facts.slice(1)).toEqual([
      { type: 'playback.started' },
      { type: 'playback.finished', heard: [] },
    ]);
  });

  test('the phone leg answers for a clip that does not exist', () => {
    const bench = new PhoneLegBench();
    bench.attach();
    bench.order({ type: 'playClip', clip: 'sorry' });
    expect(bench.facts.at(-1)).toEqual({ type: 'playback.finished', heard: [] });
  });

  test('the phone leg falls silent and plays on from where it was heard', () => {
    const bench = new PhoneLegBench();
    const { carrier, socket } = bench.call();
    const audio = Buffer.from(Array.from({ length: 24_000 }, (_, i) => (i % 200) + 1));
    bench.say('i1', audio.subarray(0, 20_000), { deltaBytes: 3333 });
    bench.clock.advance(1010);
    bench.order({ type: 'pausePlayback' });
    expect(bench.told.at(-1)).toBe('playback.paused');
    const heardBytes = carrier.playback.bytesHeardBy(bench.clock.now());
    bench.say('i1', audio.subarray(20_000), { deltaBytes: 3333 });
    bench.endItem('i1');
    bench.endResponse();
    const before = audioSent(socket).length;
    bench.clock.advance(2000);
    expect(audioSent(socket)).toHaveLength(before);
    bench.order({ type: 'resumePlayback' });
    const again = audioSent(socket).subarray(before);
    const from = audio.length - again.length;
    expect(again.equals(audio.subarray(from))).toBe(true);
    expect(Math.abs(from - heardBytes)).toBeLessThanOrEqual(320);
    bench.clock.advance(3000);
    expect(bench.facts.slice(3)).toMatchObject([
      {
        type: 'playback.finished',
        heard: [{ receivedMs: 3000, sentMs: 3000, heardMs: 3000, complete: true }],
      },
    ]);
    expect(carrier.alerts).toEqual([]);
  });

  test('the phone leg says so when nothing is left to play on with', () => {
    const bench = new PhoneLegBench();
    bench.call();
    bench.order({ type: 'pausePlayback' });
    bench.order({ type: 'resumePlayback' });
    expect(bench.facts.slice(1)).toEqual([
      { type: 'playback.paused' },
      { type: 'playback.finished', heard: [] },
    ]);
    bench.order({ type: 'resumePlayback' });
    expect(bench.facts).toHaveLength(3);
  });

  test('the phone leg gives up what was not heard where it is paused and was not to be, and says what was', () => {
    const bench = new PhoneLegBench({ mayPause: false });
    const { carrier, socket } = bench.call();
    bench.say('i1', 16_000);
    bench.clock.advance(400);
    bench.order({ type: 'pausePlayback' });
    expect(socket.said.at(-1)).toBe('clear');
    bench.endResponse();
    bench.clock.advance(1000);
    bench.order({ type: 'resumePlayback' });
    expect(bench.facts.at(-1)).toMatchObject({
      type: 'playback.finished',
      heard: [{ itemId: 'i1', receivedMs: 2000, heardMs: 400, complete: false }],
    });
    bench.say('i2', 800, { responseId: 'r2' });
    bench.endResponse('r2');
    bench.clock.advance(200);
    expect(bench.facts.at(-1)).toMatchObject({ heard: [{ itemId: 'i2', complete: true }] });
    expect(carrier.alerts).toEqual([]);
  });

  test('the phone leg is not heard while muted, and says what was', () => {
    const bench = new PhoneLegBench();
    const { socket } = bench.call();
    bench.say('i1', 8000);
    bench.clock.advance(400);
    bench.order({ type: 'mutePlayback', muted: true });
    expect(socket.said.at(-1)).toBe('clear');
    bench.say('i1', 8000);
    bench.say('i2', 8000);
    bench.endResponse();
    expect(bench.facts.at(-1)).toMatchObject({
      type: 'playback.finished',
      heard: [
        { itemId: 'i1', receivedMs: 2000, heardMs: 400, complete: false },
        { itemId: 'i2', receivedMs: 1000, sentMs: 0, heardMs: 0, complete: false },
      ],
    });
    bench.order({ type: 'mutePlayback', muted: false });
    bench.say('i3', 800, { responseId: 'r2' });
    bench.endResponse('r2');
    bench.clock.advance(200);
    expect(bench.facts.at(-1)).toMatchObject({ heard: [{ itemId: 'i3', complete: true }] });
  });

  test('the phone leg stops sending when the socket sends nothing, and gives it up after 10 s', () => {
    const bench = new PhoneLegBench();
    const { socket } = bench.call();
    socket.bufferedAmount = 1 << 20;
    bench.say('i1', 8000);
    expect(audioSent(socket)).toHaveLength(0);
    socket.bufferedAmount = 0;
    bench.clock.advance(250);
    expect(audioSent(socket)).toHaveLength(8000);
    socket.bufferedAmount = 1 << 20;
    bench.clock.advance(9999);
    expect(bench.told).not.toContain('phone.lost');
    bench.clock.advance(1);
    expect(bench.facts.at(-1)).toMatchObject({ type: 'phone.lost', error: { code: 'STREAM_LOST' } });
    expect(socket.isTerminated).toBe(true);
  });
});

describe('the phone leg, coming and going', () => {
  test('the phone leg lets go of a stream that the carrier has left, and takes the next one', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    bench.order({ type: 'dropStream' });
    expect(bench.facts.at(-1)).toMatchObject({ type: 'phone.lost', error: { code: 'STREAM_LOST' } });
    expect(socket.isTerminated).toBe(true);
    bench.attach('MZ2');
    expect(bench.facts.at(-1)).toMatchObject({ type: 'phone.attached', streamSid: 'MZ2' });
  });

  test('the phone leg has the carrier called back, and notes one that refuses without telling the call', async () => {
    let asked = 0;
    const bench = new PhoneLegBench({
      recall: () => {
        asked++;
        return Promise.reject(new Error('no such call'));
      },
    });
    bench.order({ type: 'recall' });
    await Promise.resolve();
    await Promise.resolve();
    expect(asked).toBe(1);
    expect(bench.told).toEqual([]);
    expect(bench.log.lines.map(({ sentence }) => sentence)).toEqual(['carrier did not take the call back']);
  });

  test('the phone leg reports where playback stood when the carrier stops the stream', () => {
    const bench = new PhoneLegBench();
    const { carrier, socket } = bench.call();
    bench.say('i1', 8000);
    bench.clock.advance(300);
    carrier.hangUp();
    expect(bench.facts.slice(2)).toMatchObject([
      { type: 'phone.stopped', heard: [{ itemId: 'i1', heardMs: 300 }] },
    ]);
    expect(socket.readyState).toBe(3);
    expect(bench.clock.pending).toBe(0);
  });

  test('the phone leg reports the line as lost when the socket ends without a close', () => {
    const bench = new PhoneLegBench();
    const { carrier } = bench.call();
    bench.say('i1', 8000);
    bench.clock.advance(300);
    carrier.vanish();
    expect(bench.facts.slice(2)).toMatchObject([
      { type: 'phone.lost', error: { code: 'STREAM_LOST' }, heard: [{ itemId: 'i1', heardMs: 300 }] },
    ]);
  });

  test.each([
    [1000, 'phone.lost'],
    [1005, 'phone.lost'],
    [1001, 'phone.lost'],
    [1006, 'phone.lost'],
    [1011, 'phone.lost'],
  ])('the phone leg takes a close with %i and no stop for %s', (code, type) => {
    const bench = new PhoneLegBench();
    bench.attach().dies(code);
    expect(bench.facts.at(-1)).toMatchObject({ type });
  });

  test.each([
    [1001, 'phone.stopped'],
    [1006, 'phone.lost'],
  ])(
    'the phone leg takes a close with %i of a page for %s: a browser says by itself that its page was left',
    (code, type) => {
      const bench = new PhoneLegBench();
      bench.attach('MZ1', 'page').dies(code);
      expect(bench.facts.at(-1)).toMatchObject({ type });
    },
  );

  test('the phone leg stores the next step before it leaves the stream', async () => {
    let write = () => undefined as void;
    const bench = new PhoneLegBench({ decideNext: () => new Promise((resolve) => (write = resolve)) });
    const { socket } = bench.call();
    bench.order({ type: 'leaveStream', next: 'dial' });
    bench.order({ type: 'leaveStream', next: 'dial' });
    expect(bench.decided).toEqual(['dial']);
    expect(socket.readyState).toBe(1);
    write();
    await bench.clock.run(0);
    expect(socket.closedWith?.code).toBe(1000);
    expect(bench.facts.at(-1)).toEqual({ type: 'phone.stopped', heard: [] });
  });

  test('the phone leg leaves the stream also when the next step cannot be stored', async () => {
    const bench = new PhoneLegBench({ decideNext: () => Promise.reject(new Error('disk full')) });
    const { socket } = bench.call();
    bench.order({ type: 'leaveStream', next: 'hangup' });
    await bench.clock.run(0);
    expect(socket.closedWith?.code).toBe(1000);
    expect(bench.log.lines.at(-1)).toMatchObject({ level: 'error', fields: { code: 'STORAGE_UNAVAILABLE' } });
  });

  test('the phone leg is live again with a new stream, and counts from the beginning', async () => {
    const bench = new PhoneLegBench();
    bench.call();
    bench.say('i1', 8000);
    bench.clock.advance(5000);
    bench.order({ type: 'leaveStream', next: 'dial' });
    await bench.clock.run(0);
    bench.facts.length = 0;
    const { carrier } = bench.call({}, 'MZ2');
    expect(bench.facts).toEqual([{ type: 'phone.attached', streamSid: 'MZ2' }]);
    bench.say('i2', 16_000, { responseId: 'r2' });
    bench.clock.advance(500);
    bench.order({ type: 'clearPlayback' });
    expect(bench.facts.at(-1)).toMatchObject({ heard: [{ itemId: 'i2', heardMs: 500 }] });
    expect(carrier.alerts).toEqual([]);
  });

  test('the phone leg gives a newer stream the floor and closes the old one', () => {
    const bench = new PhoneLegBench();
    const { socket: old } = bench.call();
    bench.say('i1', 8000);
    bench.clock.advance(300);
    const { socket } = bench.call({}, 'MZ2');
    expect(old.closedWith).toEqual({ code: 1000, reason: 'superseded' });
    expect(bench.facts.slice(2)).toMatchObject([
      { type: 'playback.finished', heard: [{ itemId: 'i1', heardMs: 300, complete: false }] },
      { type: 'phone.attached', streamSid: 'MZ2' },
    ]);
    bench.say('i2', 800, { responseId: 'r2' });
    expect(audioSent(socket)).toHaveLength(800);
  });

  test('the phone leg closes socket, timer and line when the call is over', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    bench.stop();
    expect(socket.closedWith?.code).toBe(1000);
    expect(bench.clock.pending).toBe(0);
    bench.say('i1', 8000);
    expect(socket.sent).toEqual([]);
    expect(bench.told).toEqual(['phone.attached']);
  });

  test('the phone leg ends the stream, and nothing else, when something throws', () => {
    const bench = new PhoneLegBench();
    const socket = bench.attach();
    bench.line.listenAsModel({
      callerAudio: () => {
        throw new Error('a bug');
      },
    });
    socket.hears(frame(0));
    expect(bench.facts.at(-1)).toMatchObject({ type: 'phone.lost', error: { code: 'CALL_FAILED' } });
    expect(socket.isTerminated).toBe(true);
  });
});

describe('the laws of the phone leg', () => {
  type Step =
    | { do: 'say'; bytes: number; deltaBytes: number; newItem: boolean }
    | { do: 'pass'; ms: number }
    | { do: 'endItem' | 'endResponse' | 'clear' | 'pause' | 'resume' };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('say' as const),
        bytes: fc.integer({ min: 1, max: 20_000 }),
        deltaBytes: fc.integer({ min: 50, max: 9000 }),
        newItem: fc.boolean(),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 1500 }) }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'endItem' as const,
          'endResponse' as const,
          'clear' as const,
          'pause' as const,
          'resume' as const,
        ),
      }),
    },
  );

  test('the phone leg reports every item once, heard within 20 ms of what the carrier played', () => {
    holds(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat({ max: 19 }), (steps, phaseMs) => {
        const bench = new PhoneLegBench();
        const { carrier } = bench.call();
        bench.clock.advance(phaseMs);
        let response = 1;
        let item = 0;
        const received = new Map<string, number>();
        const told = new Map<string, HeardItem>();
        let pauses = 0;
        const pausesOf = new Map<string, number>();
        const collect = () => {
          for (const fact of bench.facts.splice(0)) {
            if (!('heard' in fact)) continue;
            for (const one of fact.heard) {
              expect(told.has(one.itemId)).toBe(false);
              told.set(one.itemId, one);
              expect(one.heardMs).toBeLessThanOrEqual(one.sentMs);
              expect(one.sentMs).toBeLessThanOrEqual(one.receivedMs);
              expect(one.receivedMs).toBe(Math.floor((received.get(one.itemId) ?? 0) / 8));
              if (fact.type === 'playback.finished') expect(one.complete).toBe(true);
            }
          }
        };
        for (const now of steps) {
          const responseId = `r${String(response)}`;
          const itemId = `${responseId}.${String(item)}`;
          switch (now.do) {
            case 'say': {
              if (now.newItem) item++;
              const id = `${responseId}.${String(item)}`;
              // Each item has a byte of its own, so that it can be told apart in what was heard.
              bench.say(id, Buffer.alloc(now.bytes, received.size + (received.has(id) ? 0 : 1)), {
                responseId,
                deltaBytes: now.deltaBytes,
              });
              received.set(id, (received.get(id) ?? 0) + now.bytes);
              pausesOf.set(id, pausesOf.get(id) ?? pauses);
              break;
            }
            case 'pass':
              bench.clock.advance(now.ms);
              break;
            case 'endItem':
              bench.endItem(itemId, responseId);
              item++;
              break;
            case 'endResponse':
              bench.endResponse(responseId);
              response++;
              break;
            case 'clear':
              bench.order({ type: 'clearPlayback' });
              response++;
              break;
            case 'pause':
              bench.order({ type: 'pausePlayback' });
              pauses++;
              break;
            case 'resume':
              bench.order({ type: 'resumePlayback' });
          }
          collect();
        }
        bench.order({ type: 'clearPlayback' });
        collect();
        expect([...told.keys()].sort()).toEqual([...received.keys()].sort());
        expect(carrier.alerts).toEqual([]);
        bench.clock.advance(1000);

        const { agent } = carrier.render();
        const counts = new Array<number>(256).fill(0);
        for (const byte of agent) counts[byte] = (counts[byte] ?? 0) + 1;
        [...received.keys()].forEach((id, index) => {
          const playedMs = (counts[index + 1] ?? 0) / 8;
          const heardMs = told.get(id)?.heardMs ?? -1;
          // A pause may play up to two frames twice, or none: it is cut at whole frames of what was estimated.
          const slackMs = 20 + 40 * (pauses - (pausesOf.get(id) ?? 0));
          expect(Math.abs(heardMs - playedMs)).toBeLessThanOrEqual(slackMs);
        });
        bench.stop();
      }),
      { runs: 200 },
    );
  });
});
