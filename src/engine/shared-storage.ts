import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { AuditTrail } from '../services/audit/audit-trail.ts';
import { filesIn } from '../services/data-folder/kept-files.ts';
import type { SharedWork } from './shared-work.ts';
import type { Metrics } from '../services/telemetry/metrics.ts';
import type { Pipe } from '../services/workers/pipe.ts';
import { threadBehind } from '../services/storage/client/journal-pipe.ts';
import { openJournal } from '../services/storage/client/sqlite-journal.ts';
import type { OpenStorage } from './storage.ts';

export interface SharedStorageParts {
  readonly config: Config;
  /** To the process that has the database. */
  readonly pipe: Pipe;
  /** What that process does for all. */
  readonly work: SharedWork;
  readonly metrics: Pick<Metrics, 'fault' | 'watchJournal'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What is kept, for one of several workers: what takes it away again, and what is done once for the whole engine, is in the
 * process that has the database (storage.ts).
 *
 * @throws {EngineError} `STORAGE_UNAVAILABLE`.
 */
export async function openSharedStorage({
  config,
  pipe,
  work,
  metrics,
  clock,
  log,
}: SharedStorageParts): Promise<OpenStorage> {
  const countFault = () => {
    metrics.fault('journal', 'STORAGE_UNAVAILABLE');
  };
  const start = threadBehind(pipe);
  const journal = await openJournal({ file: config.databaseFile, clock, log, start, countFault });
  metrics.watchJournal(() => journal.load);
  const { clips, recordings } = filesIn(config.dataDir);
  const service = {
    name: 'storage',
    start: () => undefined,
    stop: async () => {
      await recordings?.closeAll();
      await journal.close();
    },
  };
  const { key, erasures } = work;
  const trail = new AuditTrail({ journal, clock, log, key: await key('audit-key') });
  return { journal, key, clips, recordings, trail, erasures, service };
}
