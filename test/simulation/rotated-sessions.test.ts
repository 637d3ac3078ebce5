import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { FRAME_BYTES, SILENCE } from '../../src/media/mu-law.ts';
import type { StoredEntry } from '../../src/protocol/call-feed.ts';
import type { RunningEngine } from '../../src/server.ts';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall, type PlacedCall } from '../../src/simulator/carrier/place-call.ts';
import type { RealtimeFaults } from '../../src/simulator/realtime/faults.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';
import { toolCallingModel, type ToolCallingSession } from '../support/tool-calling-model.ts';

/** Real sockets, and a call that is spoken in real time. */
const PATIENCE_MS = 90_000;
const AUTH_TOKEN = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const ROTATIONS = 3;
const REPLY_MS = 400;
/** The caller's frames are numbered in their first two bytes; the third says that they are. */
const NUMBERED = 0x11;
const SPOKEN_FRAMES = 3_000;
/** What the next session hears of what the one before has heard. */
const MOST_TWICE = 25;

const folder = mkdtempSync(join(tmpdir(), 'callchart-rotated-'));
const faults: RealtimeFaults = { endsAfterMs: 8_000 };
let engine: RunningEngine;
let model: Awaited<ReturnType<typeof toolCallingModel>>;

beforeAll(async () => {
  model = await toolCallingModel(faults);
  const agents = join(folder, 'agents');
  mkdirSync(agents);
  const profile = { id: 'default', business: { name: 'Acme' }, filler: 'none', limits: { idleMs: 120_000 } };
  writeFileSync(join(agents, 'default.json'), JSON.stringify(profile));
  engine = await startLawfulEngine(
    readConfig({
      PORT: '0',
      DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
      AGENTS_DIR: agents,
      OPENAI_REALTIME_URL: model.url,
      OPENAI_API_KEY: 'any',
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      LOG_LEVEL: 'fatal',
      DRAIN_MS: '0',
    }),
  );
}, PATIENCE_MS);

afterAll(async () => {
  await engine.close();
  await model.close();
  rmSync(folder, { recursive: true });
}, PATIENCE_MS);

async function rowsOf(callSid: string): Promise<StoredEntry[]> {
  return (await (await fetch(`${engine.url}/api/calls/${callSid}/events`)).json()) as StoredEntry[];
}

function numberOf(frame: Uint8Array): number | undefined {
  const [low = 0, high = 0, mark] = frame;
  return mark === NUMBERED ? low + high * 256 : undefined;
}

/** Sound that is told apart frame by frame. */
function numberedFrames(): Uint8Array {
  const audio = new Uint8Array(SPOKEN_FRAMES * FRAME_BYTES).fill(NUMBERED);
  for (let number = 0; number < SPOKEN_FRAMES; number++)
    audio.set([number % 256, number >> 8], number * FRAME_BYTES);
  return audio;
}

const framesOf = (audio: Uint8Array) =>
  Array.from({ length: Math.floor(audio.length / FRAME_BYTES) }, (_, at) =>
    audio.subarray(at * FRAME_BYTES, (at + 1) * FRAME_BYTES),
  );
const numbersOf = (frames: readonly Uint8Array[]) =>
  frames.map(numberOf).filter((number) => number !== undefined);

/** How long each sound lasted that the caller heard, in bytes, in order. */
function soundsOf(agent: Uint8Array): (readonly [sound: number, bytes: number])[] {
  const sounds: [number, number][] = [];
  let before = SILENCE;
  for (const sound of agent) {
    const last = sounds.at(-1);
    if (sound === before && last !== undefined && sound !== SILENCE) last[1]++;
    else if (sound !== SILENCE) sounds.push([sound, 1]);
    before = sound;
  }
  return sounds;
}

/** A caller who says something without a pause, the sessions of the call, and what each has heard. */
function talkingCaller() {
  const heardBy = new Map<ToolCallingSession, Uint8Array[]>();
  const listeners = new Set<(session: ToolCallingSession) => void>();
  const quiets = new Set<() => void>();
  const follow = async (): Promise<ToolCallingSession> => {
    const session = await model.nextSession();
    const frames: Uint8Array[] = [];
    heardBy.set(session, frames);
    session.onAudio = (audio) => {
      frames.push(Buffer.from(audio, 'base64'));
      for (const listen of listeners) listen(session);
    };
    return session;
  };
  const voice = new CallerVoice();
  let call: PlacedCall | undefined;
  return {
    heardBy,
    follow,
    calls: (): PlacedCall => {
      void voice.say(numberedFrames());
      call = placeCall({
        url: engine.url,
        publicUrl: engine.url.replace('127.0.0.1', 'localhost'),
        authToken: AUTH_TOKEN,
        to: '+12025550100',
        from: '+12025550133',
        voice,
        tell: ({ type }) => {
          if (type !== 'agent.quiet') return;
          for (const resolve of quiets) resolve();
          quiets.clear();
        },
      });
      return call;
    },
    /** The agent was heard to the end of what it says. */
    agentIsHeard: () => new Promise<void>((resolve) => quiets.add(resolve)),
    /** The next frame that this session hears. */
    isHeardBy: (session: ToolCallingSession) =>
      new Promise<void>((resolve) => {
        const listen = (who: ToolCallingSession) => {
          if (who !== session) return;
          listeners.delete(listen);
          resolve();
        };
        listeners.add(listen);
      }),
  };
}

/** The caller asks a session, which answers in a sound of its own. */
function asks(session: ToolCallingSession, number: number): void {
  session.words = `Answer ${String(number)}.`;
  session.sound = 0x60 + number;
  session.audioMs = REPLY_MS;
  session.hears(`Question ${String(number)}?`);
}

test(
  'a call that outlasts its sessions is one conversation, and each word of it is heard by one session',
  async () => {
    const { heardBy, follow, calls, agentIsHeard, isHeardBy } = talkingCaller();
    const first = follow();
    const greeted = agentIsHeard();
    const call = calls();
    const sessions = [await first];
    await greeted;
    for (let number = 1; number <= ROTATIONS; number++) {
      const next = await follow();
      // The next one is there, and the caller speaks: it has to wait.
      const answered = agentIsHeard();
      const current = sessions.at(-1);
      if (current !== undefined) asks(current, number);
      await answered;
      expect(heardBy.get(next)).toEqual([]);
      await isHeardBy(next);
      sessions.push(next);
    }
    const last = sessions.at(-1);
    const answered = agentIsHeard();
    if (last !== undefined) asks(last, ROTATIONS + 1);
    await answered;
    await vi.waitFor(async () => {
      const said = (await rowsOf(call.callSid)).filter(({ event }) => event === 'agent.said');
      expect(said).toHaveLength(ROTATIONS + 2);
    }, 5_000);
    call.hangUp();
    await call.ended;

    const rows = await rowsOf(call.callSid);
    const events = rows.map(({ event }) => event);
    expect(events.filter((event) => event.startsWith('model.'))).toEqual([
      'model.opened',
      'model.configured',
      ...Array.from({ length: ROTATIONS }, () => 'model.rotated'),
    ]);

    // Memory: the last session was told all that was said before it.
    const turns = (upTo: number) =>
      Array.from({ length: upTo }, (_, at) => [
        `Question ${String(at + 1)}?`,
        `Answer ${String(at + 1)}.`,
      ]).flat();
    sessions.forEach((session, at) => {
      expect(session.messages).toEqual(at === 0 ? [] : ['Hello.', ...turns(at)]);
      expect(session.asked).toBe(at === 0 ? 1 : 0);
    });

    // Each reply was heard once, and whole.
    const { agent, caller } = call.recording();
    expect(soundsOf(agent)).toEqual([
      [0x55, 200 * 8],
      ...Array.from({ length: ROTATIONS + 1 }, (_, at) => [0x61 + at, REPLY_MS * 8]),
    ]);

    // No frame is missing, and none was heard by two sessions but for the moment before a change.
    const heard = sessions.map((session) => numbersOf(heardBy.get(session) ?? []));
    const all: number[] = [];
    for (const numbers of heard) {
      const twice = all.length === 0 ? 0 : all.length - all.indexOf(numbers[0] ?? -1);
      expect(all.slice(all.length - twice)).toEqual(numbers.slice(0, twice));
      expect(twice).toBeLessThanOrEqual(MOST_TWICE);
      all.push(...numbers.slice(twice));
    }
    const spoken = numbersOf(framesOf(caller));
    const from = spoken.indexOf(all[0] ?? -1);
    expect(all).toEqual(spoken.slice(from, from + all.length));
    expect(spoken.length - from - all.length).toBeLessThan(10);
  },
  PATIENCE_MS,
);

test(
  'a call whose next session is refused goes on in the one that it has, and follows it when that has expired',
  async () => {
    const { follow, calls, agentIsHeard, isHeardBy } = talkingCaller();
    const first = follow();
    const greeted = agentIsHeard();
    const call = calls();
    const session = await first;
    await greeted;
    faults.refuseUpgrade = 503;
    // The right to reply comes after the greeting: a turn before that would be answered twice.
    for (let frame = 0; frame < 25; frame++) await isHeardBy(session);
    const answered = agentIsHeard();
    asks(session, 1);
    await answered;
    await vi.waitFor(async () => {
      const events = (await rowsOf(call.callSid)).map(({ event }) => event);
      expect(events).toContain('model.disconnected');
    }, 20_000);
    const second = follow();
    delete faults.refuseUpgrade;
    const next = await second;
    await vi.waitFor(() => {
      expect(next.messages).toEqual(['Hello.', 'Question 1?', 'Answer 1.']);
    }, 5_000);
    call.hangUp();
    await call.ended;
    const events = (await rowsOf(call.callSid)).map(({ event }) => event);
    expect(events).not.toContain('model.rotated');
    expect(events).not.toContain('call.failing');
  },
  PATIENCE_MS,
);
