import { type ChildProcess, fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { CallerVoice } from '../../src/simulator/carrier/caller-voice.ts';
import { placeCall } from '../../src/simulator/carrier/place-call.ts';
import { type EngineProcess, startEngineProcess } from '../support/engine-process.ts';
import { farEnd, type FarEnd } from '../support/far-end.ts';
import { type GoodCall, goodCall, type Waits } from '../support/strangers/good-call.ts';
import { patience, runs, seed } from '../support/night.ts';
import type { Order } from '../support/strangers/attacker.ts';
import { ATTACKS, type AttackName } from '../support/strangers/attacks.ts';
import { toolCallingModel } from '../support/tool-calling-model.ts';

/**
 * Strangers against a running engine with a good call on it. Nobody here has a
 * token of the API; some have seen a signature of the carrier, or hold a call of
 * their own. Afterwards the engine lives, holds what it held before, and the good
 * call has not noticed.
 */

const AUTH_TOKEN = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const PUBLIC_URL = 'https://voice.example.com';
const SIGNATURE = createHmac('sha1', AUTH_TOKEN)
  .update('wss://voice.example.com/twilio/media')
  .digest('base64');
const LINES = 420;
const PATIENCE_MS = patience(120_000);
/** The machine is shared and has stalls of its own; an engine that stops for a stranger does so each time. */
const TRIES = { timeout: PATIENCE_MS, retry: 2 };
/** A frame of the good call may wait so long, in ms; and under a flood as fast as the machine carries it. */
const QUIET_MS = 100;
const FLOOD_MS = 300;
const FLOODS: readonly string[] = ['floodBeforeStart', 'slowReaders'];
const STREAMS = runs(2000);

let engine: EngineProcess;
let model: Awaited<ReturnType<typeof toolCallingModel>>;
let shop: FarEnd;
let attacker: ChildProcess;
let call: GoodCall;
let memoryBefore = 0;
const folder = mkdtempSync(join(tmpdir(), 'callchart-strangers-'));

const portOf = () => Number(new URL(engine.url).port);
const descriptors = () => readdirSync(`/proc/${String(engine.pid)}/fd`).length;
/** Resident memory, in MB. */
const memory = () => {
  const status = readFileSync(`/proc/${String(engine.pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
};
const isAlive = async () => (await fetch(`${engine.url}/healthz`)).ok;

const from = (n: number) => `+1202555${String(1000 + n)}`;
const ring = (n: number) =>
  goodCall({
    url: engine.url,
    publicUrl: PUBLIC_URL,
    authToken: AUTH_TOKEN,
    from: from(n),
    nextSession: model.nextSession,
  });

async function attack(order: Pick<Order, 'attack'> & { seed?: number; runs?: number }): Promise<string> {
  const answer = once(attacker, 'message') as Promise<[{ what?: string; failed?: string }]>;
  attacker.send({ ...order, target: { port: portOf(), signature: SIGNATURE } });
  const [{ what, failed }] = await answer;
  if (what === undefined) throw new Error(failed);
  return what;
}

/** The good call has lost nothing, and no frame of it has waited longer than it may. */
function expectUnmoved(what: string, waits: Waits, limitMs: number): void {
  const rounded = Object.fromEntries(
    Object.entries(waits).map(([name, ms]) => [name, Math.round(Number(ms) * 10) / 10]),
  );
  process.stdout.write(`${what}: ${JSON.stringify(rounded)}\n`);
  expect(call.isOver()).toBe(false);
  expect(waits.lost).toBe(0);
  expect(waits.frames).toBeGreaterThan(40);
  // What this process slept through is none of the engine's doing.
  expect(waits.p99 - waits.own).toBeLessThan(limitMs);
  expect(waits.max - waits.own).toBeLessThan(limitMs);
}

beforeAll(async () => {
  model = await toolCallingModel();
  shop = await farEnd();
  const agents = join(folder, 'agents');
  mkdirSync(agents);
  const webhook = (name: string, properties: object) => ({
    ...{ name, description: 'Asks the shop.', url: `${shop.url}/${name}`, policy: { kind: 'reads' } },
    arguments: { type: 'object', properties, additionalProperties: false },
  });
  const profile = {
    id: 'default',
    business: { name: 'Acme' },
    limits: { idleMs: 600_000, maxCallMs: 3_600_000 },
    tools: ['find_slots', 'find_order'],
    webhooks: [
      webhook('find_slots', {}),
      webhook('find_order', { number: { type: 'string', pattern: '^(a+)+$' } }),
    ],
  };
  writeFileSync(join(agents, 'default.json'), JSON.stringify(profile));
  const started = await startEngineProcess({
    OPENAI_REALTIME_URL: model.url,
    OPENAI_API_KEY: 'any',
    DATABASE_URL: `file:${join(folder, 'data', 'calls.sqlite')}`,
    AGENTS_DIR: agents,
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    PUBLIC_URL,
    ADMIN_TOKEN: 'an-admin-token-0f-7ests',
    MAX_CONCURRENT_CALLS: String(LINES),
    DRAIN_MS: '1000',
    TOOLS_ALLOW_HOSTS: shop.host,
  });
  if (!('url' in started)) throw new Error(`the engine did not start: ${started.stderr}`);
  engine = started;
  attacker = fork('test/support/strangers/attacker.ts', { execArgv: ['--import', 'tsx'] });
  call = await ring(0);
  await call.stretch();
  memoryBefore = memory();
}, PATIENCE_MS);

afterAll(async () => {
  await call.hangUp();
  attacker.kill();
  await engine.stop();
  await shop.close();
  await model.close();
  rmSync(folder, { recursive: true, force: true });
}, PATIENCE_MS);

describe('a good call does not notice', () => {
  test('a good call passes while nobody attacks', TRIES, async () => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expectUnmoved('nobody', await call.stretch(), QUIET_MS);
  });

  test.each(Object.keys(ATTACKS) as AttackName[])('a good call does not notice %s', TRIES, async (name) => {
    const before = descriptors();
    const what = await attack({ attack: name });
    expectUnmoved(`${name} (${what})`, await call.stretch(), FLOODS.includes(name) ? FLOOD_MS : QUIET_MS);
    await expect.poll(descriptors, { timeout: 12_000 }).toBeLessThanOrEqual(before + 2);
    expect(await isAlive()).toBe(true);
  });

  test(
    `a good call does not notice ${String(STREAMS)} streams of bytes, with SEED=${String(seed)}`,
    TRIES,
    async () => {
      const before = descriptors();
      const what = await attack({ attack: 'fuzz', seed, runs: STREAMS });
      expectUnmoved(what, await call.stretch(), QUIET_MS);
      await expect.poll(descriptors, { timeout: 12_000 }).toBeLessThanOrEqual(before + 2);
      expect(await isAlive()).toBe(true);
    },
  );
});

test('the engine answers while 500 clients are slow, and while it is attacked', TRIES, async () => {
  const times: number[] = [];
  const state = { isOver: false };
  const over = attack({ attack: 'slowHeaders' }).then(() => {
    state.isOver = true;
  });
  while (!state.isOver) {
    const at = performance.now();
    // A connection of its own, as a newcomer has.
    const response = await fetch(`${engine.url}/healthz`, { headers: { connection: 'close' } });
    expect(response.status).toBe(200);
    times.push(performance.now() - at);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await over;
  const sorted = times.toSorted((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  process.stdout.write(`/healthz: ${String(times.length)} answers, p99 ${p99.toFixed(1)} ms\n`);
  expect(p99).toBeLessThan(QUIET_MS);
});

describe('a caller with a call of their own', () => {
  test('a caller who floods the engine reaches the model in real time, and is closed', TRIES, async () => {
    let bytes = 0;
    const opened = model.nextSession();
    const begun = performance.now();
    const closed = new Promise<number>((resolve) => {
      placeCall({
        ...{
          url: engine.url,
          publicUrl: PUBLIC_URL,
          authToken: AUTH_TOKEN,
          to: '+12025550100',
          from: from(1),
        },
        voice: new CallerVoice(),
        openSocket: async (url, headers) => {
          const socket = new WebSocket(url, { headers, perMessageDeflate: false });
          socket.on('error', () => undefined);
          await new Promise((settle) => socket.once('open', settle));
          socket.once('close', resolve);
          let streamSid = '';
          const send = socket.send.bind(socket);
          const payload = Buffer.alloc(8000, 0x55).toString('base64');
          const pump = () => {
            if (socket.readyState !== WebSocket.OPEN) return;
            for (let n = 0; n < 50 && socket.bufferedAmount < 1 << 20; n++) {
              send(
                JSON.stringify({
                  event: 'media',
                  streamSid,
                  media: { track: 'inbound', timestamp: '0', payload },
                }),
              );
            }
            setImmediate(pump);
          };
          return Object.assign(socket, {
            send: (text: string) => {
              send(text);
              const message = JSON.parse(text) as { event: string; streamSid: string };
              if (message.event !== 'start') return;
              streamSid = message.streamSid;
              pump();
            },
          });
        },
      });
    });
    const session = await opened;
    session.onAudio = (audio) => (bytes += (audio.length * 3) / 4);
    expect(await closed).toBe(1008);
    const seconds = (performance.now() - begun) / 1000;
    process.stdout.write(
      `a flood of audio: ${(bytes / 8000).toFixed(1)} s of it in ${seconds.toFixed(1)} s\n`,
    );
    expect(bytes / 8000).toBeLessThan(seconds + 2.5);
    expectUnmoved('flood of a call', await call.stretch(), FLOOD_MS);
  });

  test.each([
    [
      'an answer of 256 KB',
      'find_slots',
      {},
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 4000 }, (_, n) => [`slot_${String(n)}`, 'x'.repeat(48)])),
      ),
    ],
    ['an answer that is 20,000 deep', 'find_slots', {}, `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['words that a pattern goes mad over', 'find_order', { number: `${'a'.repeat(40)}!` }, '{}'],
  ])('a caller does not stop the others with %s', TRIES, async (what, name, args, body) => {
    shop.answers((response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(body));
    const other = await ring(2);
    try {
      await call.stretch();
      const begun = performance.now();
      await other.session.callsAndHears({ name, args });
      const [output] = other.session.outputs;
      process.stdout.write(
        `${what}: answered in ${(performance.now() - begun).toFixed(0)} ms, ${String(Buffer.byteLength(output?.output ?? ''))} bytes\n`,
      );
      expect(Buffer.byteLength(output?.output ?? '')).toBeLessThanOrEqual(8192);
      expectUnmoved(what, await call.stretch(), QUIET_MS);
    } finally {
      await other.hangUp();
    }
  });
});

test('400 calls within one second are all accepted', TRIES, async () => {
  const idle = await attack({ attack: 'idleSockets' });
  const outcomes: number[] = [];
  const sockets: WebSocket[] = [];
  const begun = performance.now();
  const calls = Array.from({ length: 400 }, (_, n) =>
    placeCall({
      ...{
        url: engine.url,
        publicUrl: PUBLIC_URL,
        authToken: AUTH_TOKEN,
        to: '+12025550100',
        from: from(100 + n),
      },
      voice: new CallerVoice(),
      openSocket: (url, headers) =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket(url, { headers, perMessageDeflate: false });
          sockets.push(socket);
          socket.once('unexpected-response', (_request, response) => {
            outcomes.push(response.statusCode ?? 0);
            reject(new Error('refused'));
          });
          socket.once('open', () => {
            outcomes.push(101);
            resolve(socket);
          });
          socket.on('error', reject);
        }),
    }),
  );
  await expect.poll(() => outcomes.length, { timeout: 60_000 }).toBe(400);
  process.stdout.write(
    `400 calls: all asked at once, streams open after ${(performance.now() - begun).toFixed(0)} ms (${idle})\n`,
  );
  expect(outcomes.filter((status) => status !== 101)).toEqual([]);
  for (const each of calls) each.hangUp();
  await Promise.all(calls.map(({ ended }) => ended));
});

test('the engine holds no more memory than before', () => {
  const after = memory();
  process.stdout.write(`memory: ${memoryBefore.toFixed(0)} MB before, ${after.toFixed(0)} MB after\n`);
  expect(after - memoryBefore).toBeLessThan(150);
  expect(engine.printed().err).toBe('');
});
