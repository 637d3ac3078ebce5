import type { Database } from 'better-sqlite3';
import type { BlockedNumber } from '../../../protocol/console-blocked.ts';
import { isoOf } from '../folds/instant.ts';

/** A row of `blocked_numbers`, as it lies on disk. */
export interface BlockedRow {
  readonly phone: string;
  readonly at: number;
}

export const blockedNumberOf = ({ phone, at }: BlockedRow): BlockedNumber => ({
  phone,
  blockedAt: isoOf(at),
});

/** The numbers from which no call is taken, and to which none is placed. */
export function openBlockedNumbers(db: Database) {
  const select = db.prepare<[string], BlockedRow>('SELECT phone, at FROM blocked_numbers WHERE phone = ?');
  const insert = db.prepare<[string, number]>(
    'INSERT OR IGNORE INTO blocked_numbers (phone, at) VALUES (?, ?)',
  );
  const remove = db.prepare<[string]>('DELETE FROM blocked_numbers WHERE phone = ?');

  return {
    has: (phone: string): boolean => select.get(phone) !== undefined,
    add(phone: string, at: number): BlockedNumber {
      insert.run(phone, at);
      return blockedNumberOf(select.get(phone) ?? { phone, at });
    },
    remove: (phone: string): boolean => remove.run(phone).changes > 0,
  };
}
