import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';

/**
 * The calls that were erased. Late facts, and a carrier that asks again, must
 * not bring one back; so that it is known by is kept, as a digest.
 */
export function openErasedCalls(db: Database) {
  const insert = db.prepare<[string]>('INSERT OR IGNORE INTO erased_calls (digest) VALUES (?)');
  const find = db.prepare<[string], number>('SELECT 1 FROM erased_calls WHERE digest = ?').pluck();
  return {
    add(callSid: string): void {
      insert.run(digestOf(callSid));
    },
    has: (callSid: string): boolean => find.get(digestOf(callSid)) !== undefined,
  };
}

/** The digest that stands for an erased call. */
export const digestOf = (callSid: string) => createHash('sha256').update(callSid).digest('hex');
