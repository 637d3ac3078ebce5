import type { Database } from 'better-sqlite3';
import type { ErasureTransactions } from '../erasure.port.ts';
import type { InThread } from './in-thread.ts';

/** Pages of the index in one piece: some 10 ms, with a commit. */
const PAGES_AT_ONCE = 32;

/** Writes the index of calls anew, a piece at a time, so that what was erased is not in it any more. */
export function indexRewrite(db: Database): InThread<Pick<ErasureTransactions, 'compact'>> {
  const merge = db.prepare<[number]>(`INSERT INTO call_index (call_index, rank) VALUES ('merge', ?)`);
  const totalChanges = db.prepare<[], number>('SELECT total_changes()').pluck();

  return {
    compact({ isFirst }) {
      const before = totalChanges.get() ?? 0;
      // A negative number gathers everything into one merge, a positive one goes on with it
      // (https://sqlite.org/fts5.html#the_merge_command).
      merge.run(isFirst ? -PAGES_AT_ONCE : PAGES_AT_ONCE);
      return { isDone: (totalChanges.get() ?? 0) - before < 2 };
    },
  };
}
