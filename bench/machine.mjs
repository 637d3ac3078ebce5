import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';

/** Where figures were measured: a figure without it says nothing. */
export const MACHINE = `${cpus()[0]?.model ?? 'unknown'}, ${String(cpus().length)} cores, Node.js ${process.version}`;

/** What is kept of a figure: for `JSON.stringify`. */
export const rounded = (_, value) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value);

/**
 * What a process and those that it has started have used since they began, by Linux's own count: microseconds of processor
 * time, and of waiting for a processor while they could have run. Undefined elsewhere.
 *
 * Main threads are told by themselves: the rest are V8's helpers, journals' threads and thread pools.
 */
export function usageOf(pid) {
  try {
    const threads = familyOf(pid).flatMap((each) =>
      readdirSync(`/proc/${each}/task`).map((tid) => ({
        isMain: Number(tid) === each,
        ...threadOf(each, tid),
      })),
    );
    const sum = (key, some = threads) => some.reduce((total, thread) => total + thread[key], 0);
    const main = threads.filter(({ isMain }) => isMain);
    return { cpuUs: sum('cpuUs'), mainCpuUs: sum('cpuUs', main), mainWaitUs: sum('waitUs', main) };
  } catch {
    return undefined;
  }
}

/** A process, and those that it has started, and those that they have. */
export function familyOf(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((tid) =>
    readFileSync(`/proc/${pid}/task/${tid}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(familyOf)];
}

/** What it has in memory, in bytes. */
export const residentBytes = (pid) =>
  1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

/** How many files and sockets it has open. */
export const filesOf = (pid) => readdirSync(`/proc/${pid}/fd`).length;

/** `schedstat`: nanoseconds on a processor, nanoseconds in a run queue, time slices (Linux: sched-stats.rst). */
function threadOf(pid, tid) {
  const [runNs, waitNs] = readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ').map(Number);
  return { cpuUs: runNs / 1000, waitUs: waitNs / 1000 };
}
