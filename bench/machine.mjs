import { readdirSync, readFileSync } from 'node:fs';

/**
 * What a process has used since it began, by Linux's own count: microseconds of processor time, and of waiting for a
 * processor while it could have run. Undefined elsewhere.
 *
 * The main thread is told by itself: the rest are V8's helpers, the journal's thread and the thread pool.
 */
export function usageOf(pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map((tid) => ({
      tid: Number(tid),
      ...threadOf(pid, tid),
    }));
    const sum = (key) => threads.reduce((total, thread) => total + thread[key], 0);
    const main = threads.find(({ tid }) => tid === pid);
    return { cpuUs: sum('cpuUs'), mainCpuUs: main.cpuUs, mainWaitUs: main.waitUs };
  } catch {
    return undefined;
  }
}

/** `schedstat`: nanoseconds on a processor, nanoseconds in a run queue, time slices (Linux: sched-stats.rst). */
function threadOf(pid, tid) {
  const [runNs, waitNs] = readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ').map(Number);
  return { cpuUs: runNs / 1000, waitUs: waitNs / 1000 };
}
