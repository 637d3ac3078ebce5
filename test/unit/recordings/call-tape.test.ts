import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pieceOf } from '../../../src/media/audio-piece.ts';
import { decodeIntoRing } from '../../../src/media/base64-bytes.ts';
import { CallTape } from '../../../src/services/recordings/call-tape.ts';
import { holds } from '../../support/properties.ts';

const FRAME = 160;
const base64 = (audio: Buffer) => Buffer.from(audio.toString('base64'));

/** A tape whose stream is in the test's hands: a frame every 20 ms, each with a byte of its own. */
function rollingTape({ startMs = 0 } = {}) {
  let now = startMs;
  const given: Buffer[] = [];
  const tape = new CallTape(() => now);
  tape.roll(
    {
      write: (audio) => given.push(Buffer.from(audio)),
      writeSilence: (bytes) => given.push(Buffer.alloc(bytes, 0xff)),
      silence: (from, to) => {
        const all = Buffer.concat(given.splice(0));
        given.push(all.fill(0xff, from, to));
      },
    },
    startMs,
  );
  tape.streamBegan();
  let mediaMs = 0;
  let sentAt = 0;
  return {
    tape,
    given,
    frame: (code: number) => {
      now += 20;
      const text = base64(Buffer.alloc(FRAME, code));
      tape.callerFrame(text, 0, text.length, mediaMs);
      mediaMs += 20;
    },
    frames(count: number, code = 0x11) {
      for (let i = 0; i < count; i++) this.frame(code);
    },
    skip: (ms: number) => {
      now += ms;
      mediaMs += ms;
    },
    /** Another stream, so much later. */
    stream: (laterMs: number) => {
      now += laterMs;
      mediaMs = 0;
      tape.streamBegan();
    },
    send: (audio: Buffer) => {
      sentAt += audio.length;
      tape.agentSent(pieceOf(audio), sentAt);
      return sentAt;
    },
    /** Both sides, when it has ended. */
    sides: () => {
      tape.end();
      const all = Buffer.concat(given);
      const side = (first: number) => Buffer.from(all.filter((_, i) => i % 2 === first));
      return { caller: side(0), agent: side(1) };
    },
  };
}

/** Where a side is heard: runs of other bytes than silence, in ms. */
function runsOf(side: Buffer): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  let from: number | undefined;
  for (let i = 0; i <= side.length; i++) {
    const isHeard = i < side.length && side[i] !== 0xff;
    if (isHeard) from ??= i;
    else if (from !== undefined) {
      runs.push({ from: from / 8, to: i / 8 });
      from = undefined;
    }
  }
  return runs;
}

describe('the caller', () => {
  test('the caller on a tape lies where the media clock says', () => {
    const call = rollingTape();
    call.frames(10, 0x21);
    call.skip(500);
    call.frames(10, 0x22);
    const { caller } = call.sides();
    expect(runsOf(caller)).toEqual([
      { from: 0, to: 200 },
      { from: 700, to: 900 },
    ]);
    expect(caller[0]).toBe(0x21);
    expect(caller[5600]).toBe(0x22);
  });

  test('the caller of a later stream lies on a tape where the clock says', () => {
    const call = rollingTape();
    call.frames(50);
    call.stream(9000);
    call.frames(50);
    expect(runsOf(call.sides().caller)).toEqual([
      { from: 0, to: 1000 },
      { from: 10_000, to: 11_000 },
    ]);
  });

  test('the caller on a tape is not put hours away by a clock that jumps', () => {
    const call = rollingTape();
    call.frames(10);
    const text = base64(Buffer.alloc(FRAME, 0x33));
    call.tape.callerFrame(text, 0, text.length, 3_600_000_000);
    expect(call.sides().caller.length / 8).toBeLessThanOrEqual(240);
  });

  test('the caller on a tape is silent for ten minutes at the cost of one note', () => {
    const call = rollingTape();
    call.frames(10);
    call.stream(600_000);
    call.frames(10);
    const { caller } = call.sides();
    expect(call.given.length).toBeLessThan(10);
    expect(caller.length).toBe(600_400 * 8);
    expect(runsOf(caller).at(-1)).toEqual({ from: 600_200, to: 600_400 });
  });
});

describe('the agent', () => {
  test('the agent on a tape lies where it is played, one piece behind the other, however early it was sent', () => {
    const call = rollingTape();
    call.frames(5);
    call.send(Buffer.alloc(8000, 0x41));
    call.send(Buffer.alloc(8000, 0x42));
    call.frames(200);
    const { agent } = call.sides();
    expect(runsOf(agent)).toEqual([{ from: 100, to: 2100 }]);
    expect(agent[8800 - 1]).toBe(0x41);
    expect(agent[8800]).toBe(0x42);
  });

  test("the agent's audio that a clear took is not on the tape", () => {
    const call = rollingTape();
    call.send(Buffer.alloc(24_000, 0x41));
    call.frames(50);
    call.tape.agentCut(8000);
    call.frames(10);
    call.tape.agentSent(pieceOf(Buffer.alloc(1600, 0x42)), 9600);
    call.frames(200);
    const { agent } = call.sides();
    expect(runsOf(agent)).toEqual([
      { from: 0, to: 1000 },
      { from: 1200, to: 1400 },
    ]);
  });

  test('the agent on a tape is moved to where the marks say that it was played', () => {
    const call = rollingTape();
    call.frames(5);
    const at = call.send(Buffer.alloc(1600, 0x41));
    call.frames(25); // 300 ms late.
    call.tape.agentHeard(at);
    call.frames(10);
    call.send(Buffer.alloc(1600, 0x42));
    call.frames(200);
    expect(runsOf(call.sides().agent)).toEqual([
      { from: 400, to: 600 },
      { from: 1100, to: 1300 },
    ]);
  });

  test('the agent on a tape is not heard beyond the end of the call', () => {
    const call = rollingTape();
    call.send(Buffer.alloc(80_000, 0x41));
    call.frames(50);
    expect(call.sides().agent.length).toBe(8000);
  });

  test('the agent on a tape loses no byte and gains none, however pieces, marks and clears come', () => {
    holds(
      fc.property(
        fc.array(
          fc.record({
            pieceFrames: fc.integer({ min: 1, max: 40 }),
            waitFrames: fc.integer({ min: 0, max: 120 }),
            isCut: fc.boolean(),
          }),
          { maxLength: 12 },
        ),
        (steps) => {
          const call = rollingTape();
          let sent = 0;
          let heard = 0;
          for (const { pieceFrames, waitFrames, isCut } of steps) {
            // An ideal carrier: one frame of the buffer for each of the caller's.
            const at = sent + FRAME * pieceFrames;
            call.tape.agentSent(pieceOf(Buffer.alloc(FRAME * pieceFrames, 0x41)), at);
            sent = at;
            call.frames(waitFrames);
            const left = Math.max(0, sent - heard - FRAME * waitFrames);
            heard = sent - left;
            if (!isCut) continue;
            call.tape.agentCut(heard);
            sent = heard;
          }
          call.frames(600);
          const { agent } = call.sides();
          expect(agent.filter((code) => code === 0x41).length).toBe(sent);
        },
      ),
      { runs: 60 },
    );
  });
});

test('a tape that does not roll takes nothing and holds nothing', () => {
  const tape = new CallTape(() => 0);
  const text = base64(Buffer.alloc(FRAME, 0x21));
  tape.streamBegan();
  tape.callerFrame(text, 0, text.length, 0);
  tape.agentSent(pieceOf(Buffer.alloc(FRAME)), FRAME);
  tape.agentHeard(FRAME);
  tape.agentCut(FRAME);
  tape.end();
  expect(tape.lengthMs).toBe(0);
});

test('base64 is decoded into a ring as Node decodes it', () => {
  holds(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(255), (bytes, at) => {
      const text = base64(Buffer.from(bytes));
      const ring = new Uint8Array(256);
      expect(decodeIntoRing(text, 0, text.length, { ring, at, count: bytes.length })).toBe(bytes.length);
      expect(Uint8Array.from(bytes, (_, i) => ring[(at + i) % 256] ?? 0)).toEqual(bytes);
    }),
  );
});

describe('a pause', () => {
  /** The caller's side, a byte for each 20 ms. */
  const callerOf = (given: readonly Buffer[]) =>
    Array.from(Buffer.concat(given).filter((_, i) => i % (2 * FRAME) === 0));

  test('a pause of a tape is silence on both sides, and what comes after it lies at its time', () => {
    const bench = rollingTape();
    bench.frames(100, 0x11);
    bench.tape.pause();
    expect(bench.tape.isPaused).toBe(true);
    const piece = pieceOf(Buffer.alloc(FRAME * 10, 0x22));
    bench.tape.agentSent(piece, FRAME * 10);
    bench.frames(50, 0x33);
    bench.tape.resume();
    bench.frames(100, 0x44);
    bench.tape.end();
    expect(callerOf(bench.given)).toEqual([
      ...Array.from({ length: 100 }, () => 0x11),
      ...Array.from({ length: 50 }, () => 0xff),
      ...Array.from({ length: 100 }, () => 0x44),
    ]);
    expect(Buffer.concat(bench.given).includes(0x22)).toBe(false);
  });

  test('a pause of a tape takes away what was given out already, back to a time', () => {
    const bench = rollingTape({ startMs: 5000 });
    bench.frames(500, 0x11);
    expect(bench.given.length).toBeGreaterThan(0);
    expect(bench.tape.pause(5000 + 2000)).toBe(8000);
    // Asked again while it lasts: further back, and no second pause.
    expect(bench.tape.pause(5000 + 1000)).toBe(9000);
    bench.frames(50, 0x33);
    bench.tape.resume();
    bench.frames(10, 0x44);
    bench.tape.end();
    expect(callerOf(bench.given)).toEqual([
      ...Array.from({ length: 50 }, () => 0x11),
      ...Array.from({ length: 500 }, () => 0xff),
      ...Array.from({ length: 10 }, () => 0x44),
    ]);
  });
});
