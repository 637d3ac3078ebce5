import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { median, quantile } from './figures.mjs';
import { carried } from './measure.mjs';

const LOOK_EVERY_S = 60;
/** Of the calls, between two looks: each lasts some minutes. */
const RENEWED_SHARE = 0.25;
/** Calls are renewed in so many steps: a carrier brings them one by one. */
const STEPS = 5;

/**
 * One target carries `calls` calls for some minutes, of which some end and others begin: what it holds and how late it is, every
 * minute, and the middle of the last third beside that of the first.
 */
export function soak(target, calls, { minutes, seconds, warmUpSeconds, ...ways }) {
  return carried(target, ways, async (bench) => {
    await bench.add(calls);
    await wait(warmUpSeconds * 1000);
    const renewedAtOnce = Math.round((calls * RENEWED_SHARE) / STEPS);
    const looks = [];
    for (let minute = 1; minute <= minutes; minute++) {
      const began = Date.now();
      for (let step = 0; step < STEPS; step++) await bench.renew(renewedAtOnce);
      await wait(2000);
      const { forward, lost, closed, missed, cpuMs } = await bench.figures(seconds);
      const held = await bench.holds();
      looks.push({ minute, ...held, cpuMs, p99: quantile(forward, 0.99) / 1000, lost, closed, missed });
      process.stderr.write(`${line(looks.at(-1))}\n`);
      await wait(Math.max(0, LOOK_EVERY_S * 1000 - (Date.now() - began)));
    }
    const renewed = renewedAtOnce * STEPS * looks.length;
    const kept = { soak: { calls, minutes, renewed, grown: grownOver(looks) } };
    return { figures: looks, kept, text: textOf(kept.soak) };
  });
}

/** The middle of the first third of the looks, and of the last. */
function grownOver(looks) {
  const third = Math.max(1, Math.floor(looks.length / 3));
  const middles = (some, key) => median(some.map((look) => look[key]));
  return Object.entries(SHOWN).map(([key, what]) => ({
    what,
    first: middles(looks.slice(0, third), key),
    last: middles(looks.slice(-third), key),
  }));
}

const textOf = ({ calls, minutes, renewed, grown }) =>
  `${String(calls)} calls for ${String(minutes)} minutes, ${String(renewed)} of them renewed\n` +
  grown
    .map(
      ({ what, first, last }) =>
        `${what}: ${first.toFixed(2)} in the first third, ${last.toFixed(2)} in the last\n`,
    )
    .join('');

/** What is held against what it was before. */
const SHOWN = {
  heapUsed: 'heap, MB',
  external: 'buffers, MB',
  rss: 'memory, MB',
  files: 'open files',
  resources: 'resources of the event loop',
  cpuMs: 'CPU, ms of each second of a call',
  p99: 'p99 to the model, ms',
};

const line = (look) =>
  ['minute', ...Object.keys(SHOWN), 'lost', 'closed', 'missed']
    .map((key) => `${key} ${Number(look[key]).toFixed(key === 'minute' ? 0 : 1)}`)
    .join(', ');
