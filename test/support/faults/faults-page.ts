import type { StoredEntry } from '../../../src/protocol/call-feed.ts';
import type { LivedThrough } from './lived-through.ts';
import type { Cell } from './verdict.ts';

const HEAD = `# What goes wrong, and what the caller hears

<!-- Written by npm run faults:write. -->

Each of these is done to a call in each of twelve states, on a virtual clock, with the engine's own desk, calls, sessions, tools,
outbox and journal between a carrier and a model that obey the rules of their wires
(\`test/simulation/fault-matrix.test.ts\`). Behind it the caller asks twice for something that a tool does.
**Silence** is how much longer than in the same call without the fault the caller hears nothing of the agent, in seconds.
`;

/** The page of all cells. */
export function faultsPage(cells: readonly Cell[]): string {
  const faults = [...new Set(cells.map(({ fault }) => fault))];
  const parts = faults.map((fault) => {
    const rows = grouped(cells.filter((cell) => cell.fault === fault).map(rowOf));
    const lines = rows.map(({ states, columns }) => `| ${[states.join('; '), ...columns].join(' | ')} |`);
    const table = [
      '| while | the caller hears | silence | then | written down |',
      '| --- | --- | --- | --- | --- |',
    ];
    return `## ${fault.says}\n\n${[...table, ...lines].join('\n')}\n`;
  });
  return [HEAD, ...parts].join('\n');
}

interface Row {
  readonly states: readonly string[];
  readonly columns: readonly string[];
}

function rowOf({ state, lived, undisturbed, gapMs }: Cell): Row {
  const { endReason, answers } = lived;
  const after = behind(lived);
  const heard = listOf(without(heardIn(after), heardIn(behind(undisturbed))), 'nothing of it');
  const then =
    answers > 0
      ? 'the call goes on'
      : endReason === 'transferred'
        ? 'a person has the call'
        : 'it ends as decided';
  const silence = gapMs < 50 ? 'none' : (gapMs / 1000).toFixed(1);
  return { states: [state.says], columns: [heard, silence, then, writtenIn(after)] };
}

const behind = ({ rows, seqBefore }: LivedThrough) => rows.slice(seqBefore);

/** What is heard more often than it would be anyway. */
function without(heard: readonly string[], anyway: readonly string[]): string[] {
  const rest = [...heard];
  for (const word of anyway) if (rest.includes(word)) rest.splice(rest.indexOf(word), 1);
  return rest;
}

/** Rows that say the same are one. */
function grouped(rows: readonly Row[]): Row[] {
  const byColumns = new Map<string, Row>();
  for (const row of rows) {
    const key = row.columns.join('|');
    byColumns.set(key, { ...row, states: [...(byColumns.get(key)?.states ?? []), ...row.states] });
  }
  return [...byColumns.values()];
}

const CLIPS: Readonly<Record<string, string>> = {
  hold: '“one moment”',
  sorry: '“sorry”',
  failed: '“it does not work”',
  filler: '“one moment”',
};

/** What is heard beside the agent's answers. */
function heardIn(rows: readonly StoredEntry[]): string[] {
  return rows.flatMap((row) => {
    if (row.event === 'playClip') return [CLIPS[row.body.clip] ?? row.body.clip];
    if (row.event === 'createResponse' && row.body.purpose === 'resumption')
      return ['that the agent lost them for a moment'];
    if (row.event === 'createResponse' && row.body.purpose === 'idlePrompt')
      return ['the question whether they are there'];
    return [];
  });
}

const TOLD = new Set([
  ...['model.disconnected', 'model.refused', 'model.lost', 'phone.lost', 'call.resumed', 'call.failing'],
  ...['handOver.requested', 'stream.accepted', 'rows.dropped'],
]);

/** What the call's log says of it. */
function writtenIn(rows: readonly StoredEntry[]): string {
  const told = rows.flatMap((row) => {
    if (row.event === 'tool.settled' && row.body.outcome.status !== 'ok')
      return [`\`tool.settled\` (${row.body.outcome.status})`];
    if (row.event === 'response.finished' && row.body.outcome.status === 'failed')
      return ['`response.finished` (failed)'];
    return TOLD.has(row.event) ? [`\`${row.event}\``] : [];
  });
  return listOf(told, 'nothing');
}

/** Each once, with how often. */
function listOf(words: readonly string[], none: string): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const told = [...counts].map(([word, count]) => (count === 1 ? word : `${word} ×${String(count)}`));
  return told.length === 0 ? none : told.join(', ');
}
