/** The middle of some figures; of an even number between the two in the middle. */
export function median(figures) {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The figure below which a share of all lies, of 1 the largest; NaN when there are none. */
export function quantile(figures, share) {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** What a target cannot tell came as null. */
const two = (figure) => (figure ?? NaN).toFixed(2);
const whole = (figure) => (figure ?? NaN).toFixed(0);
const percent = (share) => `${(share * 100).toFixed(1)} %`;
const spread = (figures) => figures.map(two).join('/');

const COLUMNS = [
  ['calls', ({ calls }) => String(calls)],
  ['target', ({ target }) => target],
  ['CPU ms/call-s', ({ cpuMs }) => two(cpuMs)],
  ['user', ({ userMs }) => two(userMs)],
  ['other threads', ({ asideMs }) => two(asideMs)],
  [
    'x relay (spread)',
    ({ ratio, ratioFrom, ratioTo }) => `${two(ratio)} (${two(ratioFrom)}-${two(ratioTo)})`,
  ],
  ['run queue ms/s', ({ waitMs }) => two(waitMs)],
  ['to model p50/p99/p99.9/max ms', ({ forwardMs }) => spread(forwardMs)],
  ['to caller p50/p99/p99.9/max ms', ({ backwardMs }) => spread(backwardMs)],
  ['barge-in p50/p99/p99.9/max ms', ({ bargeInMs }) => spread(bargeInMs)],
  ['GC share, longest ms', ({ gcShare, gcLongestMs }) => `${percent(gcShare)}, ${two(gcLongestMs)}`],
  [
    'KB/call (heap, external)',
    ({ rssKb, heapKb, externalKb }) => `${whole(rssKb)} (${whole(heapKb)}, ${whole(externalKb)})`,
  ],
  ['idle MB', ({ idleMb }) => whole(idleMb)],
  ['load core', ({ load }) => percent(load)],
  ['lost frames', ({ lost, frames }) => `${String(Math.max(0, lost))}/${String(frames)}`],
  ['lost calls', ({ closed }) => String(closed)],
  ['missed barge-ins', ({ missed, bargeIns }) => `${String(missed)}/${String(bargeIns)}`],
];

/** The rows as a Markdown table. */
export function table(rows) {
  const lines = [COLUMNS.map(([name]) => name), ...rows.map((row) => COLUMNS.map(([, show]) => show(row)))];
  const widths = COLUMNS.map((_, i) => Math.max(...lines.map((cells) => cells[i].length)));
  const text = lines.map((cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`);
  text.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return `${text.join('\n')}\n`;
}

/** What a release note can quote of the most calls that were measured; nothing where there is no relay to compare with. */
export function releaseLine(rows) {
  const engine = rows.findLast(({ target }) => target === 'engine');
  const relay = rows.find(({ target, calls }) => target === 'relay' && calls === engine?.calls);
  if (engine === undefined || relay === undefined) return '';
  const p99 = ({ forwardMs }) => two(forwardMs[1]);
  return (
    `${String(engine.calls)} calls on one core: ${two(engine.ratio)} x the CPU of a bare relay, ` +
    `p99 to the model ${p99(engine)} ms (relay ${p99(relay)}), ${whole(engine.rssKb)} KB a call.\n`
  );
}
