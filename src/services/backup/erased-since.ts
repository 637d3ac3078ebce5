import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { numberDigest } from '../audit/audit-trail.ts';
import type { KeptPlaces } from './backup.ts';
import { Erasures } from '../erasing/erasures.ts';
import { RECORDINGS } from '../data-folder/kept-files.ts';
import { keptKeyIn } from '../data-folder/kept-key.ts';
import type { Log } from '../../log.ts';
import { Recordings } from '../recordings/recordings.ts';
import { endStaleCalls } from '../calls/stale-calls.ts';
import { type ErasureTrail, namedIn } from '../storage/sqlite/erasure-trail.ts';
import { openJournal } from '../storage/client/sqlite-journal.ts';

/** How many were erased again. */
export interface ErasedSince {
  readonly callers: number;
  readonly calls: number;
}

/**
 * Erases from a database that was restored whom and what operators had erased from another one since. The trail holds
 * no numbers: each number that the restored one knows is digested with the key beside it, and looked for.
 *
 * @throws {EngineError} `STORAGE_UNAVAILABLE` when the disk refuses.
 */
export async function eraseSince(
  { databaseFile, dataDir }: KeptPlaces,
  trail: ErasureTrail,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<ErasedSince> {
  const journal = await openJournal({ file: databaseFile, clock, log });
  try {
    // Nothing of a live call is erased, and none of these lives.
    await endStaleCalls(journal);
    const recordings = new Recordings(join(dataDir, RECORDINGS));
    const erasures = new Erasures({ journal, recordings });
    const key = await keptKeyIn(dataDir, 'audit-key');
    const named = namedIn(databaseFile);
    const callers = named.numbers.filter((phone) => trail.callers.has(numberDigest(key, phone)));
    const calls = named.calls.filter(({ erasedName }) => trail.calls.has(erasedName));
    for (const phone of callers) await erasures.caller(phone);
    for (const { callSid } of calls) await erasures.call(callSid);
    return { callers: callers.length, calls: calls.length };
  } finally {
    await journal.close();
  }
}
