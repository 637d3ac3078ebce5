import type { Database } from 'better-sqlite3';
import { diskTroubleOf } from './disk-trouble.ts';

/** Files up to this size are written anew in less than 50 ms. */
const SMALL_BYTES = 8 * 1024 * 1024;
/** While nobody is in a call, so large a file: some two seconds. */
const IDLE_BYTES = 256 * 1024 * 1024;
/** At every start, so large a file: half a second. */
const START_BYTES = 64 * 1024 * 1024;

/**
 * The bytes of the file that hold nothing.
 *
 * What is deleted is overwritten (`secure_delete`), but when SQLite moves rows
 * from page to page it leaves copies of some in the unused part of the old page,
 * and does not overwrite those. Only writing the whole file anew gets rid of
 * them: at once where nobody has to wait for it, else at the next start.
 */
export function openUnusedBytes(db: Database) {
  const note = db.prepare('INSERT OR IGNORE INTO unswept (one) VALUES (1)');
  const isNoted = db.prepare<[], number>('SELECT 1 FROM unswept').pluck();
  const isAnyLive = db
    .prepare<[], number>(`SELECT 1 FROM calls WHERE state < 'ended' OR state > 'ended' LIMIT 1`)
    .pluck();
  const sizeOf = () =>
    Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));

  const sweep = (atMost: number): void => {
    try {
      if (isNoted.get() !== undefined && sizeOf() <= atMost) {
        db.exec('VACUUM');
        db.exec('DELETE FROM unswept');
      }
      db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (thrown) {
      if (diskTroubleOf(thrown) === undefined) throw thrown;
    }
  };

  return {
    /** Something was erased. */
    note(): void {
      note.run();
    },

    /** The same, and it happens every day: in a large file new rows overwrite them in time, and no start waits for it. */
    noteWhereQuick(): void {
      if (sizeOf() <= START_BYTES) note.run();
    },

    /**
     * Overwrites them, when there is need and nobody has to wait long for it; what is written ahead is written back in
     * any case. Outside of transactions.
     * Where the disk refuses, it is left to the next start.
     */
    sweep(): void {
      sweep(isAnyLive.get() === undefined ? IDLE_BYTES : SMALL_BYTES);
    },

    /** What an earlier run of the engine left. */
    sweepAtStart(): void {
      if (isNoted.get() !== undefined) sweep(Number.MAX_SAFE_INTEGER);
    },
  };
}
