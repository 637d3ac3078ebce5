import process from 'node:process';

/** What a target reports of itself when the bench asks: CPU time of the whole process, threads included, and memory. */
export function reportOnDemand() {
  process.on('message', ({ type }) => {
    if (type !== 'report' && type !== 'reportSettled') return;
    if (type === 'reportSettled') globalThis.gc?.(); // Never within a measurement: it stops every call.
    const { user, system } = process.cpuUsage();
    process.send({ type: 'report', cpuUs: user + system, userUs: user, rss: process.memoryUsage.rss() });
  });
  process.on('disconnect', () => process.exit());
}
