import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { CallTape } from '../../src/services/recordings/call-tape.ts';
import { temporaryFolder } from '../support/journal.ts';
import { startLawfulEngine } from '../support/laws/lawful-engine.ts';
import { PhoneLegBench } from '../support/phone-leg.ts';

const QUIET = 0xff;
/** Audio whose every byte tells where it is from; never silence. */
const speech = (ms: number, seed: number) =>
  Buffer.from(Array.from({ length: ms * 8 }, (_, i) => (i * 31 + (i >> 8) * 7 + seed) % 251));

/** Where something is heard, in ms; pauses of less than a frame do not count. */
function runsOf(side: Uint8Array): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (let i = 0; i < side.length; i++) {
    if (side[i] === QUIET) continue;
    const last = runs.at(-1);
    if (last !== undefined && i / 8 - last.to < 20) last.to = (i + 1) / 8;
    else runs.push({ from: i / 8, to: (i + 1) / 8 });
  }
  return runs;
}

const audioIn = (side: Uint8Array, { from, to }: { from: number; to: number }) =>
  Buffer.from(side.slice(from * 8, to * 8));

/** A call on the virtual clock: greeting, an answer that is talked over, another answer, a pause that goes on. */
function recordedCall(way: { toEngineMs: number; fromEngineMs: number }) {
  const given: Buffer[] = [];
  let tape: CallTape | undefined;
  const bench = new PhoneLegBench({
    tape: (nowMs) => {
      tape = new CallTape(nowMs);
      return tape;
    },
  });
  tape?.roll(
    {
      write: (audio) => given.push(Buffer.from(audio)),
      writeSilence: (bytes) => given.push(Buffer.alloc(bytes, QUIET)),
      silence: () => undefined,
    },
    bench.clock.now(),
  );
  const { carrier } = bench.call(way);
  const wait = (ms: number) => {
    bench.clock.advance(ms);
  };
  const say = (itemId: string, ms: number, seed: number, waitMs: number) => {
    bench.say(itemId, speech(ms, seed), { responseId: itemId });
    bench.endItem(itemId, itemId);
    bench.endResponse(itemId);
    wait(waitMs);
  };
  wait(500);
  say('greeting', 2500, 1, 4000);
  say('cut', 9000, 2, 3210);
  bench.order({ type: 'clearPlayback' });
  wait(1500);
  say('after', 1700, 3, 900);
  bench.order({ type: 'pausePlayback' });
  wait(700);
  bench.order({ type: 'resumePlayback' });
  wait(4000);
  const heard = carrier.playback.render(carrier.mediaMs);
  bench.stop();
  tape?.end();
  const all = Buffer.concat(given);
  return { heard, agent: Buffer.from(all.filter((_, i) => i % 2 === 1)) };
}

test('the tape holds what the caller heard, byte for byte, where the carrier played it', () => {
  const { heard, agent } = recordedCall({ toEngineMs: 0, fromEngineMs: 0 });
  const [played, taped] = [runsOf(heard), runsOf(agent)];
  expect(taped).toHaveLength(4);
  for (const [i, run] of taped.entries()) {
    const real = played[i] ?? { from: 0, to: 0 };
    expect(Math.abs(run.from - real.from)).toBeLessThanOrEqual(40);
    const [onTape, inEar] = [audioIn(agent, run), audioIn(heard, real)];
    // A cut is known to a frame, as the ledger promises; nothing else differs.
    const common = Math.min(onTape.length, inEar.length);
    expect(Math.max(onTape.length, inEar.length) - common).toBeLessThanOrEqual(160);
    expect(onTape.subarray(0, common).equals(inEar.subarray(0, common))).toBe(true);
  }
  // Of nine seconds, six were never heard.
  expect(runsOf(agent).at(1)?.to).toBeLessThan(500 + 4000 + 3210 + 60);
});

test.each([
  { toEngineMs: 40, fromEngineMs: 40 },
  { toEngineMs: 150, fromEngineMs: 90 },
])('over a network of %o the tape holds what the caller heard within a frame of each cut', (way) => {
  const { heard, agent } = recordedCall(way);
  const [played, taped] = [runsOf(heard), runsOf(agent)];
  expect(taped).toHaveLength(played.length);
  for (const [i, run] of taped.entries()) {
    const real = played[i] ?? { from: 0, to: 0 };
    expect(Math.abs(run.to - run.from - (real.to - real.from))).toBeLessThanOrEqual(40);
    // By the stream's own clock: the network's delay does not move the agent against the caller.
    expect(Math.abs(run.from - way.toEngineMs - real.from)).toBeLessThanOrEqual(60);
  }
});

test('a call whose profile has no recording leaves no file on the disk', { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  const engine = await startLawfulEngine(
    readConfig({
      PORT: '0',
      DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
      LOG_LEVEL: 'fatal',
      DRAIN_MS: '0',
    }),
  );
  const opened = await fetch(`${engine.url}/api/softphone`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
  });
  const { callSid } = (await opened.json()) as { callSid: string };
  expect((await fetch(`${engine.url}/api/calls/${callSid}/recording`)).status).toBe(404);
  await engine.close();
  expect(existsSync(join(folder, 'calls.sqlite'))).toBe(true);
  expect(existsSync(join(folder, 'recordings'))).toBe(false);
});
