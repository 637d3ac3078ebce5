import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { copyDatabase } from '../dist/services/storage/sqlite/database-copy.js';
import { Erasures } from '../dist/services/erasing/erasures.js';

const MOST_PRUNED = 5000;
const CALLS_AT_ONCE = 100;

/** The copy is made by another process, as `callchart backup` is one. */
if (process.argv[2] === 'copy') copyDatabase(process.argv[3], process.argv[4]);

/** What an engine does to many rows while calls go on: each answers how often it did it. */
export function actsOf({ journal, file, calls, until, prune, often, seldom }) {
  const erasures = new Erasures({ journal });
  const most = prune === undefined ? Math.min(MOST_PRUNED, calls / 10) : Number(prune);
  return [
    ['copying the database', () => copied(file)],
    ['pruning calls by their age', () => pruned({ journal, erasures, until, most })],
    ['taking them out of the index', () => erasures.finish().then(() => 1)],
    ['erasing who calls most', () => erasures.caller(often).then(() => 1)],
    ['erasing who called once', () => erasures.caller(seldom).then(() => 1)],
  ];
}

async function copied(file) {
  const copying = fork(fileURLToPath(import.meta.url), ['copy', file, `${file}-copy`]);
  const [code] = await once(copying, 'exit');
  if (code !== 0) throw new Error('the database could not be copied');
  rmSync(`${file}-copy`);
  return 1;
}

async function pruned({ journal, erasures, until, most }) {
  let calls = 0;
  while (calls < most) {
    const callSids = await journal.query('callsEndedBefore', { before: until, limit: CALLS_AT_ONCE });
    if (callSids.length === 0) return calls;
    for (const callSid of callSids) await erasures.oldCall(callSid);
    calls += callSids.length;
  }
  return calls;
}
