import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { AgentProfile } from '../../../src/protocol/agent-profile.ts';
import { greetingOf } from '../../../src/protocol/profile-sentences.ts';
import type { CallRecording } from '../../../src/services/recordings/call-recording.ts';
import { KEPT_DAYS, Recordings } from '../../../src/services/recordings/recordings.ts';
import { HEADER_BYTES } from '../../../src/services/recordings/wav-header.ts';
import type { FeedEntry } from '../../../src/protocol/call-feed.ts';
import { CALL_SID, KeptLog } from '../../support/phone-leg.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

let folder: string;
let recordings: Recordings;
const clock = new VirtualClock(1_000_000);
const rows: FeedEntry[] = [];
const brokenOff: string[] = [];
let isDiskFull = false;
const MB = 1024 * 1024;
let freeBytes = 0;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'callchart-')), 'recordings');
  freeBytes = 1000 * MB;
  recordings = new Recordings(folder, () => Promise.resolve(freeBytes));
  rows.length = 0;
  brokenOff.length = 0;
  isDiskFull = false;
});
afterEach(() => {
  rmSync(join(folder, '..'), { recursive: true });
});

const settled = () => new Promise((resolve) => setImmediate(resolve));
const pathOf = (callSid = CALL_SID) => join(folder, `${callSid}.wav`);
const eventsOf = () => rows.map(({ event }) => event);

function begin(callSid = CALL_SID, beganAt?: number): CallRecording {
  return recordings.begin({
    ...{ callSid, beganAt },
    maxCallMs: 60_000,
    journal: {
      record: (_callSid, more) => rows.push(...more),
      transact: (_name, args) => {
        if (isDiskFull) return Promise.reject(new EngineError('STORAGE_UNAVAILABLE'));
        rows.push(...(args as unknown as { rows: FeedEntry[] }).rows);
        return Promise.resolve(undefined as never);
      },
    },
    clock,
    log: new KeptLog(),
    state: () => 'conversing.listening',
    onBrokenOff: (reason) => brokenOff.push(reason),
  });
}

const text = Buffer.from(Buffer.alloc(160, 0x21).toString('base64'));
function speak(recording: CallRecording, ms: number, fromMs = 0): void {
  for (let at = 0; at < ms; at += 20) {
    clock.advance(20);
    recording.tape.callerFrame(text, 0, text.length, fromMs + at);
  }
}

async function recorded(ms: number): Promise<CallRecording> {
  const recording = begin();
  recording.take({ type: 'recording.begins' });
  await settled();
  speak(recording, ms);
  return recording;
}

describe('a recording', () => {
  test('a recording begins when its beginning is durable, and keeps nothing of before', async () => {
    const recording = begin();
    speak(recording, 500);
    expect(rows).toEqual([]);
    recording.take({ type: 'recording.begins' });
    await settled();
    expect(rows).toMatchObject([{ event: 'recording.began', from: 'recording', to: null, at: clock.now() }]);
    speak(recording, 1000, 500);
    await recordings.close(CALL_SID);
    expect(rows.at(-1)).toMatchObject({
      event: 'recording.ended',
      body: { reason: 'callEnded', lengthMs: 1000 },
    });
    expect(statSync(pathOf()).size).toBe(HEADER_BYTES + 16_000);
    expect(statSync(pathOf()).mode & 0o777).toBe(0o600);
  });

  test('a recording is not begun when that cannot be written down', async () => {
    isDiskFull = true;
    const recording = await recorded(5000);
    await recordings.close(CALL_SID);
    expect(brokenOff).toEqual(['failed']);
    expect(rows).toEqual([]);
    expect(recording.tape.lengthMs).toBe(0);
    expect(await recordings.open(CALL_SID)).toBeUndefined();
  });

  test('a recording breaks off with a row when the disk refuses, and tells the call once', async () => {
    writeFileSync(join(folder, '..', 'recordings'), 'a file where the folder should be');
    const recording = await recorded(100);
    await expect.poll(eventsOf).toEqual(['recording.began', 'recording.ended']);
    expect(rows.at(-1)?.body).toMatchObject({ reason: 'failed' });
    expect(brokenOff).toEqual(['failed']);
    expect(() => {
      speak(recording, 9000, 100);
    }).not.toThrow();
  });

  test('a recording is no longer than a call can be, also when the clock leaps a day, and says so', async () => {
    const recording = await recorded(1000);
    clock.advance(86_400_000);
    speak(recording, 3000, 86_401_000);
    await expect.poll(eventsOf).toEqual(['recording.began', 'recording.ended']);
    expect(rows.at(-1)?.body).toEqual({ reason: 'tooLong', lengthMs: 60_000 + 3_660_000 });
    await recordings.close(CALL_SID);
    const { size } = statSync(pathOf());
    expect(size).toBeGreaterThanOrEqual(HEADER_BYTES + 16_000);
    expect(size).toBeLessThan(MB);
    expect(readFileSync(pathOf()).readUInt32LE(54)).toBe(size - HEADER_BYTES);
    expect(() => {
      speak(recording, 9000, 86_404_000);
    }).not.toThrow();
    expect(statSync(pathOf()).size).toBe(size);
  });

  test('a recording ends when the disk has less than 256 MB left, keeps what it has, and says so', async () => {
    const recording = await recorded(10_000);
    await expect.poll(() => statSync(pathOf()).size).toBe(HEADER_BYTES + 3 * 32_000);
    freeBytes = 255 * MB;
    speak(recording, 30_000, 10_000);
    await expect.poll(eventsOf).toEqual(['recording.began', 'recording.ended']);
    expect(rows.at(-1)?.body).toMatchObject({ reason: 'diskFull' });
    await recordings.close(CALL_SID);
    const { size } = statSync(pathOf());
    expect(size).toBe(HEADER_BYTES + 256_000);
    expect(readFileSync(pathOf()).readUInt32LE(54)).toBe(256_000);
  });

  test('a recording holds no audio where the disk has less than that from the beginning', async () => {
    freeBytes = 255 * MB;
    await recorded(10_000);
    await expect.poll(eventsOf).toEqual(['recording.began', 'recording.ended']);
    await recordings.close(CALL_SID);
    expect(statSync(pathOf()).size).toBe(HEADER_BYTES);
  });

  test('a recording can be read while it is made, as far as it is on the disk, with a head that fits', async () => {
    await recorded(7000);
    await expect.poll(() => statSync(pathOf()).size).toBe(HEADER_BYTES + 64_000);
    const open = await recordings.open(CALL_SID);
    expect(open?.length).toBe(HEADER_BYTES + 64_000);
    const wav = await buffer(open?.stream(0, open.length) ?? Readable.from([]));
    expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
    expect(wav.readUInt32LE(54)).toBe(64_000);
    expect([wav[HEADER_BYTES], wav[HEADER_BYTES + 1]]).toEqual([0x21, 0xff]);
    expect(await buffer(open?.stream(50, 62) ?? Readable.from([]))).toEqual(wav.subarray(50, 62));
    await recordings.close(CALL_SID);
    expect(readFileSync(pathOf()).readUInt32LE(54)).toBe(112_000);
  });

  test('a recording tells how loud each side is, and computes it once', async () => {
    await recorded(1020);
    await recordings.close(CALL_SID);
    const peaks = await recordings.peaks(CALL_SID);
    expect(peaks).toMatchObject({ bucketMs: 50, durationMs: 1020 });
    const [caller, agent] = [peaks?.caller, peaks?.agent].map((side) => Buffer.from(side ?? '', 'base64'));
    expect(caller?.length).toBe(21);
    expect(new Set(caller).size).toBe(1);
    expect(caller?.[0]).toBeGreaterThan(50);
    expect(new Set(agent)).toEqual(new Set([0]));
    expect(statSync(join(folder, `${CALL_SID}.peaks`)).size).toBe(40);
    expect(await recordings.peaks(CALL_SID)).toEqual(peaks);
  });
});

describe('a recording whose process has ended', () => {
  /** The caller's side, at the middle of each second. */
  const seconds = () => {
    const audio = readFileSync(pathOf()).subarray(HEADER_BYTES);
    return Array.from({ length: audio.length / 16_000 }, (_, i) => audio[i * 16_000 + 8_000]);
  };
  const AUDIO = 0x21;
  const SILENT = 0xff;

  /** Seven seconds, of which four are on the disk, and three in which nobody has the call; then another process has it. */
  async function lost(): Promise<{ beganAt: number }> {
    const beganAt = clock.now();
    await recorded(7000);
    await expect.poll(() => statSync(pathOf()).size).toBe(HEADER_BYTES + 64_000);
    const dead = recordings;
    onTestFinished(() => dead.closeAll());
    recordings = new Recordings(folder, () => Promise.resolve(freeBytes));
    clock.advance(3000);
    return { beganAt };
  }

  test('a recording goes on in the same file, at its time, with silence for what was lost', async () => {
    const { beganAt } = await lost();
    const recording = begin(CALL_SID, beganAt);
    recording.take({ type: 'recording.begins' });
    await expect.poll(() => recording.tape.lengthMs).toBe(4000);
    speak(recording, 2000);
    await recordings.close(CALL_SID);
    const quiet = Array.from({ length: 6 }, () => SILENT);
    expect(seconds()).toEqual([AUDIO, AUDIO, AUDIO, AUDIO, ...quiet, AUDIO, AUDIO]);
    expect(readFileSync(pathOf()).readUInt32LE(54)).toBe(12 * 16_000);
    expect(eventsOf()).toEqual(['recording.began', 'recording.ended']);
    expect(rows.at(-1)?.body).toEqual({ reason: 'callEnded', lengthMs: 12_000 });
    expect((await recordings.peaks(CALL_SID))?.durationMs).toBe(12_000);
  });

  test('a recording that is handed over is whole on the disk, has not ended, and goes on without a loss', async () => {
    const beganAt = clock.now();
    await recorded(7000);
    await recordings.close(CALL_SID, true);
    expect(eventsOf()).toEqual(['recording.began']);
    expect(brokenOff).toEqual([]);
    expect(statSync(pathOf()).size).toBe(HEADER_BYTES + 7 * 16_000);
    recordings = new Recordings(folder, () => Promise.resolve(freeBytes));
    clock.advance(1000);
    const recording = begin(CALL_SID, beganAt);
    recording.take({ type: 'recording.begins' });
    await expect.poll(() => recording.tape.lengthMs).toBeGreaterThanOrEqual(7000);
    speak(recording, 1000);
    await recordings.close(CALL_SID);
    expect(seconds()).toEqual([...Array.from({ length: 7 }, () => AUDIO), SILENT, AUDIO]);
    expect(eventsOf()).toEqual(['recording.began', 'recording.ended']);
  });

  test('a recording that somebody had pause is silent from its first frame on, and says so', async () => {
    const { beganAt } = await lost();
    const recording = begin(CALL_SID, beganAt);
    recording.take({ type: 'recording.begins' });
    recording.take({ type: 'recording.pauses', by: 'operator' });
    await expect.poll(() => recording.tape.isPaused).toBe(true);
    speak(recording, 1000);
    recording.take({ type: 'recording.resumes', by: 'operator' });
    speak(recording, 1000, 1000);
    await recordings.close(CALL_SID);
    expect(seconds().slice(9)).toEqual([SILENT, SILENT, AUDIO]);
    expect(eventsOf().slice(1, 2)).toEqual(['recording.paused']);
  });

  test('a recording of which nothing was written begins where it would have', async () => {
    const beganAt = clock.now();
    clock.advance(1000);
    const recording = begin(CALL_SID, beganAt);
    recording.take({ type: 'recording.begins' });
    await expect.poll(() => statSync(pathOf(), { throwIfNoEntry: false })?.size).toBe(HEADER_BYTES);
    speak(recording, 1000);
    await recordings.close(CALL_SID);
    expect(seconds()).toEqual([SILENT, AUDIO]);
  });
});

describe('a pause of a recording', () => {
  const pauses = () =>
    rows.flatMap((row) =>
      row.event === 'recording.paused' || row.event === 'recording.resumed' ? [[row.event, row.body.by]] : [],
    );

  test('a pause of a recording is silence in the file, and a row each time', async () => {
    const recording = await recorded(1000);
    await recordings.peaks(CALL_SID);
    recording.take({ type: 'recording.pauses', by: 'operator' });
    speak(recording, 500, 1000);
    recording.take({ type: 'recording.resumes', by: 'operator' });
    speak(recording, 500, 1500);
    await recordings.close(CALL_SID);
    const caller = readFileSync(pathOf())
      .subarray(HEADER_BYTES)
      .filter((_, i) => i % 2 === 0);
    expect(Array.from({ length: 4 }, (_, i) => caller[i * 4000 + 2000])).toEqual([0x21, 0x21, 0xff, 0x21]);
    expect(pauses()).toEqual([
      ['recording.paused', 'operator'],
      ['recording.resumed', 'operator'],
    ]);
  });

  test('a pause of a recording for a card takes away what is on the disk already, and ends by itself', async () => {
    const recording = await recorded(9000);
    const since = clock.now() - 5000;
    await expect.poll(() => statSync(pathOf()).size).toBeGreaterThan(HEADER_BYTES + 64_000);
    recording.take({ type: 'recording.pauses', by: 'card', since });
    expect(rows.at(-1)).toMatchObject({ event: 'recording.paused', body: { by: 'card', silencedMs: 6500 } });
    recording.take({ type: 'recording.resumes', by: 'card' });
    speak(recording, 1000, 9000);
    await recordings.close(CALL_SID);
    const caller = readFileSync(pathOf())
      .subarray(HEADER_BYTES)
      .filter((_, i) => i % 2 === 0);
    const soundsAt = (ms: number) => caller[ms * 8] === 0x21;
    expect([1000, 2400, 2600, 6000, 8900, 9100].map(soundsAt)).toEqual([
      true,
      true,
      false,
      false,
      false,
      true,
    ]);
  });

  test('a pause of a recording takes away a card’s number that came before it, with a row for what there was', async () => {
    const recording = await recorded(3000);
    recording.take({ type: 'recording.pauses', by: 'operator' });
    recording.take({ type: 'recording.silences', since: clock.now() });
    recording.take({ type: 'recording.silences', since: clock.now() + 60_000 });
    expect(rows.slice(1).map(({ body }) => body)).toEqual([
      { by: 'operator', silencedMs: 0 },
      { by: 'card', silencedMs: 1500 },
    ]);
    expect(recording.tape.isPaused).toBe(true);
    await recordings.close(CALL_SID);
  });

  test('a pause of a recording announced before the beginning is durable stands from the first sound', async () => {
    const recording = begin();
    recording.take({ type: 'recording.begins' });
    recording.take({ type: 'recording.pauses', by: 'operator' });
    expect(eventsOf()).not.toContain('recording.paused');
    await settled();
    expect(eventsOf()).toEqual(['recording.began', 'recording.paused']);
    speak(recording, 100);
    await recordings.close(CALL_SID);
    expect(new Set(readFileSync(pathOf()).subarray(HEADER_BYTES))).toEqual(new Set([0xff]));
  });
});

test('the announcement stands before the greeting of a call that is recorded, and of no other', () => {
  const profile = {
    id: 'a',
    business: { name: 'Acme' },
    greeting: 'Hello.',
    recordingAnnouncement: 'We record.',
  };
  expect(greetingOf(AgentProfile.parse({ ...profile, recording: true }))).toBe('We record. Hello.');
  expect(greetingOf(AgentProfile.parse(profile))).toBe('Hello.');
  expect(AgentProfile.safeParse({ ...profile, recordingAnnouncement: '…' }).success).toBe(false);
});

describe('taking away', () => {
  test('taking away a recording tells the call also before it is recorded, and begins nothing after it', async () => {
    const recording = begin();
    await recordings.deleteRecording(CALL_SID);
    recording.take({ type: 'recording.begins' });
    await settled();
    expect(brokenOff).toEqual(['erased']);
    expect(rows).toEqual([]);
  });

  test('taking away a recording leaves nothing of it, also while it is being made; twice is once', async () => {
    const recording = await recorded(5000);
    await recordings.peaks(CALL_SID);
    await recordings.deleteRecording(CALL_SID);
    await recordings.deleteRecording(CALL_SID);
    speak(recording, 5000, 5000);
    expect(await recordings.open(CALL_SID)).toBeUndefined();
    expect(await recordings.peaks(CALL_SID)).toBeUndefined();
    expect(rows.at(-1)?.body).toMatchObject({ reason: 'erased' });
    expect(brokenOff).toEqual(['erased']);
  });

  test.each(['../calls', 'a/b', '..', '', 'CA1.wav', 'CA\0'])(
    'taking away or reading a recording does nothing by the SID %j',
    async (sid) => {
      await recorded(100);
      await recordings.close(CALL_SID);
      writeFileSync(join(folder, '..', 'calls.wav'), 'x');
      await recordings.deleteRecording(sid);
      expect(await recordings.open(sid)).toBeUndefined();
      expect(await recordings.peaks(sid)).toBeUndefined();
      expect(statSync(join(folder, '..', 'calls.wav')).size).toBe(1);
      expect(statSync(pathOf()).size).toBeGreaterThan(HEADER_BYTES);
    },
  );

  test('old recordings are swept when they are older than they may be', async () => {
    await recorded(100);
    await recordings.close(CALL_SID);
    const now = Date.now();
    expect(await recordings.sweep(now)).toBe(0);
    utimesSync(pathOf(), 0, (now - KEPT_DAYS * 86_400_000 - 1000) / 1000);
    expect(await recordings.sweep(now)).toBe(1);
    expect(await recordings.open(CALL_SID)).toBeUndefined();
  });
});
