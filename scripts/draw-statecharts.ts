/**
 * Writes the drawn half of docs/statecharts from the machines: the pictures, and
 * in each page what stands between the `chart` markers. The told half, around the
 * markers, is written by people. Writes assets/charts, too: the same charts for
 * the console. `--check` writes nothing and fails when anything is older than its machine.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import type { AnyStateMachine } from 'xstate';
import { type Chart, chartOf } from '../src/charts/chart.ts';
import { drawChart } from '../src/charts/chart-svg.ts';
import { pictureOf, storiesOf } from '../src/charts/chart-picture.ts';
import { overviewOf } from '../src/charts/chart-overview.ts';
import { piecesOf } from '../src/charts/chart-regions.ts';
import { anywhereTable, transitionTables } from '../src/charts/chart-tables.ts';
import { toMermaid } from '../src/charts/mermaid.ts';
import { callMachine } from '../src/machines/call/call.machine.ts';
import { sessionMachine } from '../src/machines/session/session.machine.ts';
import { toolCallMachine } from '../src/machines/tool-call/tool-call.machine.ts';

const DOCS = 'docs/statecharts';
/** What the engine serves at `/api/charts`. */
const PICTURES = 'assets/charts';
const MARKERS = /<!-- chart:[^]*<!-- \/chart -->/;

/** What the page of a chart shows: the floor from afar, each region beside it, and every transition. */
async function drawnPart(near: Chart, far: Chart, picture: string): Promise<string> {
  const regions = piecesOf(near).regions.filter(({ root }) => root.children.length > 0);
  const parts = [
    '<!-- chart: written by npm run docs:write -->',
    `![The chart](${picture})`,
    `\`\`\`mermaid\n${toMermaid(far)}\n\`\`\``,
    ...(regions.length === 0 ? [] : ['**The regions beside it:**']),
    ...regions.map((region) => `\`\`\`mermaid\n---\ntitle: ${region.id}\n---\n${toMermaid(region)}\n\`\`\``),
    anywhereTable(near),
    transitionTables(near),
    '<!-- /chart -->',
  ];
  const text = parts.filter((part) => part !== '').join('\n\n');
  return (await format(text, { ...(await resolveConfig('x.md')), parser: 'markdown' })).trimEnd();
}

async function filesOf(name: string, near: Chart, far: Chart): Promise<[path: string, text: string][]> {
  const page = `${DOCS}/${name}.md`;
  const told = readFileSync(page, 'utf8');
  if (!MARKERS.test(told)) throw new Error(`${page} has no chart markers`);
  const drawn = await drawnPart(near, far, `${name}.svg`);
  const { floor } = piecesOf(near);
  return [
    [page, told.replace(MARKERS, () => drawn)],
    [`${DOCS}/${name}.svg`, await drawChart(far)],
    ...(near === far ? [] : [[`${DOCS}/${name}-whole.svg`, await drawChart(floor)] as [string, string]]),
  ];
}

async function pictureFile(name: string, machine: AnyStateMachine): Promise<[path: string, text: string]> {
  const stories = storiesOf(readFileSync(`${DOCS}/${name}.md`, 'utf8'));
  const picture = await pictureOf(machine, stories);
  return [`${PICTURES}/${picture.machineId}.json`, `${JSON.stringify(picture, null, 1)}\n`];
}

const call = chartOf(callMachine);
const session = chartOf(sessionMachine);
const toolCall = chartOf(toolCallMachine);
const files = [
  ...(await filesOf('call', call, overviewOf(piecesOf(call).floor, new Set(['conversing'])))),
  ...(await filesOf('session', session, session)),
  ...(await filesOf('tool-call', toolCall, toolCall)),
  await pictureFile('call', callMachine),
  await pictureFile('session', sessionMachine),
  await pictureFile('tool-call', toolCallMachine),
];

const isCheck = process.argv.includes('--check');
for (const [path, text] of files) {
  if (text === readIfThere(path)) continue;
  if (isCheck) {
    process.stderr.write(`${path} is older than its machine: run npm run docs:write\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, text);
    process.stdout.write(`${path} written\n`);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
