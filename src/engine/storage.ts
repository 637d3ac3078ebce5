import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { AuditTrail } from '../services/audit/audit-trail.ts';
import { endStaleCalls } from '../services/calls/stale-calls.ts';
import { openKeptFiles } from '../services/data-folder/kept-files.ts';
import { Erasures } from '../services/erasing/erasures.ts';
import { Retention } from '../services/erasing/retention.ts';
import { openJournal, type OwnJournal } from '../services/storage/client/sqlite-journal.ts';
import { ownDatabase } from '../services/storage/sqlite/database-owner.ts';

export type OpenStorage = Awaited<ReturnType<typeof openStorage>>;

export interface StorageParts {
  readonly config: Config;
  /** Where this engine listens: told to another one that wants the same database. */
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What is kept: the journal, the data folder, the audit trail; and what takes it away again.
 *
 * @throws {EngineError} `DATABASE_IN_USE` before anything that is kept is touched; `STORAGE_UNAVAILABLE`.
 */
export async function openStorage({ config, url, clock, log }: StorageParts) {
  const { databaseFile, dataDir } = config;
  const release = await ownDatabase(databaseFile, { url, processId: process.pid });
  let opened: OwnJournal | undefined;
  try {
    const { key, clips, recordings } = await openKeptFiles({ folder: dataDir, databaseFile, log });
    const journal = await openJournal({ file: databaseFile, clock, log });
    opened = journal;
    await endStaleCalls(journal);
    const trail = new AuditTrail({ journal, clock, log, key: await key('audit-key') });
    const erasures = new Erasures({ journal, recordings });
    const retention = new Retention({ days: config.retentionDays, journal, erasures, clock, log });
    let endSweep: (() => Promise<void>) | undefined;
    const service = {
      name: 'storage',
      start: () => {
        endSweep = recordings?.keepSwept(clock, log);
        retention.start();
      },
      stop: async () => {
        await retention.close();
        await endSweep?.();
        await recordings?.closeAll();
        await journal.close();
        await release();
      },
    };
    return { journal, key, clips, recordings, trail, erasures, service };
  } catch (thrown) {
    // Its thread would keep the process from ending.
    await opened?.close();
    await release();
    throw thrown;
  }
}
