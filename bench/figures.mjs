/** The middle of some figures. */
export function median(figures) {
  return quantile(figures, 0.5);
}

/** The figure below which a share of all lies; NaN when there are none. */
export function quantile(figures, share) {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

const COLUMNS = [
  ['calls', ({ calls }) => String(calls)],
  ['target', ({ target }) => target],
  ['CPU ms/call-s', ({ cpuMs }) => cpuMs.toFixed(2)],
  ['user', ({ userMs }) => userMs.toFixed(2)],
  [
    'x relay (spread)',
    ({ ratio, ratioFrom, ratioTo }) => `${two(ratio)} (${two(ratioFrom)}-${two(ratioTo)})`,
  ],
  ['to model p50/p99 ms', ({ forwardMs }) => pair(forwardMs)],
  ['to caller p50/p99 ms', ({ backwardMs }) => pair(backwardMs)],
  ['barge-in p50/p99 ms', ({ bargeInMs }) => pair(bargeInMs)],
  ['KB/call', ({ memoryKb }) => memoryKb.toFixed(0)],
  ['idle MB', ({ idleMb }) => idleMb.toFixed(0)],
  ['lost frames', ({ lost, frames }) => `${String(Math.max(0, lost))}/${String(frames)}`],
  ['lost calls', ({ closed }) => String(closed)],
  ['missed barge-ins', ({ missed, bargeIns }) => `${String(missed)}/${String(bargeIns)}`],
];

const two = (figure) => figure.toFixed(2);
const pair = ([p50, p99]) => `${two(p50)}/${two(p99)}`;

/** The rows as a Markdown table. */
export function table(rows) {
  const lines = [COLUMNS.map(([name]) => name), ...rows.map((row) => COLUMNS.map(([, show]) => show(row)))];
  const widths = COLUMNS.map((_, i) => Math.max(...lines.map((cells) => cells[i].length)));
  const text = lines.map((cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`);
  text.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return `${text.join('\n')}\n`;
}
