/**
 * Writes to a journal until it is killed, and prints the number of each write
 * once the journal has acknowledged it. Arguments: the file, the first number.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/clock.ts';
import { openJournal } from '../../src/services/storage/client/sqlite-journal.ts';

const [, , file = '', first = ''] = process.argv;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const journal = await openJournal({ file, clock: systemClock, log });
const callSid = 'CA1';

for (let number = Number(first); ; number++) {
  const written = { at: number, from: 'model', to: 'call', state: '', taken: null, regions: {} };
  const body = { itemId: String(number) };
  journal.record(callSid, [{ ...written, event: 'caller.committed', body }]);
  // A transaction is durable only with everything recorded before it.
  await journal.transact('append', { callSid, rows: [{ ...written, event: 'caller.unclear', body }] });
  // Synchronous: what was acknowledged has been told before the next write begins.
  writeSync(1, `${String(number)}\n`);
}
