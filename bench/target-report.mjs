import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { PerformanceObserver } from 'node:perf_hooks';
import process from 'node:process';

const MB = 1024 * 1024;

/**
 * What a target reports of itself when the bench asks: CPU time of the whole process, threads included, memory by kind,
 * and the pauses of its garbage collector since it was last asked.
 */
export function reportOnDemand() {
  let pauses = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) pauses.push(duration);
  }).observe({ entryTypes: ['gc'] });

  process.on('message', async ({ type, file }) => {
    if (type === 'profile') await profileInto(file);
    if (type !== 'report' && type !== 'reportSettled') return;
    if (type === 'reportSettled') await settled(); // Never within a measurement: it stops every call.
    const { user, system } = process.cpuUsage();
    process.send({
      type: 'report',
      cpuUs: user + system,
      userUs: user,
      memory: memoryMb(),
      resources: process.getActiveResourcesInfo().length,
      gc: { totalMs: pauses.reduce((sum, ms) => sum + ms, 0), longestMs: Math.max(0, ...pauses) },
    });
    pauses = [];
  });
  process.on('disconnect', () => process.exit());
}

/** Without garbage, and without the room for new objects: how large that is has to do with the last minute, and not with calls. */
async function settled() {
  const own = new Session();
  own.connect();
  await own.post('HeapProfiler.collectGarbage');
  own.disconnect();
}

/** `external` holds the bytes of buffers; what is left of `rss` is code, stacks, and what the allocator has not given back. */
function memoryMb() {
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  return { rss: rss / MB, heapUsed: heapUsed / MB, heapTotal: heapTotal / MB, external: external / MB };
}

let session;
/** Called twice: begins a profile of the main thread, and writes it down. */
async function profileInto(file) {
  if (session === undefined) {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 500 });
    await session.post('Profiler.start');
    return;
  }
  const { profile } = await session.post('Profiler.stop');
  writeFileSync(file, JSON.stringify(profile));
  session.disconnect();
  session = undefined;
}
