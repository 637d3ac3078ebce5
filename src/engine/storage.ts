import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { AuditTrail } from '../services/audit/audit-trail.ts';
import { openKeptFiles } from '../services/data-folder/kept-files.ts';
import { Erasures } from '../services/erasing/erasures.ts';
import { Retention } from '../services/erasing/retention.ts';
import type { StartThread } from '../services/storage/client/journal-thread.ts';
import type { OwnJournal } from '../services/storage/client/own-journal.ts';
import { type JournalOptions, openJournal } from '../services/storage/client/sqlite-journal.ts';
import type { Metrics } from '../services/telemetry/metrics.ts';
import { ownDatabase } from '../services/storage/sqlite/database-owner.ts';

/** What is kept, as those have it who take calls. */
export type OpenStorage = Omit<Awaited<ReturnType<typeof openStorage>>, 'erasures'> & {
  readonly erasures: Pick<Erasures, 'caller' | 'call'>;
};

export interface StorageParts {
  readonly config: Config;
  /** Where this engine listens: told to another one that wants the same database. */
  readonly url: string;
  /** Where the journal's thread is shared with workers: what starts it. Default: a thread of this process alone. */
  readonly thread?: StartThread;
  readonly clock: Clock;
  readonly log: Log;
  /** Undefined where workers count. */
  readonly metrics?: Pick<Metrics, 'fault' | 'watchJournal'>;
  readonly limits?: StorageLimits;
}

/** What a test sets in the journal's way. */
export type StorageLimits = Pick<JournalOptions, 'start' | 'maxFileBytes'>;

/**
 * What is kept: the journal, the data folder, the audit trail; and what takes it away again.
 *
 * @throws {EngineError} `DATABASE_IN_USE` before anything that is kept is touched; `STORAGE_UNAVAILABLE`.
 */
export async function openStorage({ config, url, thread, clock, log, metrics, limits }: StorageParts) {
  const { databaseFile, dataDir, workers } = config;
  const isShared = thread !== undefined;
  const owner = { url, processId: process.pid, ...(isShared && { workers }) };
  const release = await ownDatabase(databaseFile, owner);
  let opened: OwnJournal | undefined;
  try {
    const { key, clips, recordings } = await openKeptFiles({ folder: dataDir, databaseFile, log });
    const countFault = () => {
      metrics?.fault('journal', 'STORAGE_UNAVAILABLE');
    };
    const start = isShared ? { start: thread } : {};
    const journal = await openJournal({ ...limits, ...start, file: databaseFile, clock, log, countFault });
    opened = journal;
    metrics?.watchJournal(() => journal.load);
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
