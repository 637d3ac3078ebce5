import type { Database } from 'better-sqlite3';
import type { ErasureTransactions } from '../erasure.port.ts';

/** Writes the index of calls anew, some pages at a time, so that what was erased is not in it any more. */
export function indexRewrite(db: Database): Pick<ErasureTransactions, 'rewriteIndex'> {
  const merge = db.prepare<[number]>(`INSERT INTO call_index (call_index, rank) VALUES ('merge', ?)`);
  const totalChanges = db.prepare<[], number>('SELECT total_changes()').pluck();

  return {
    rewriteIndex({ isFirst, pages }) {
      const before = totalChanges.get() ?? 0;
      // A negative number gathers everything into one merge, a positive one goes on with it
      // (https://sqlite.org/fts5.html#the_merge_command).
      merge.run(isFirst ? -pages : pages);
      return { isDone: (totalChanges.get() ?? 0) - before < 2 };
    },
  };
}
