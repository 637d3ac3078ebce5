import type { Database } from 'better-sqlite3';
import type { CallSums } from '../folds/call-sums.fold.ts';

/** 1 for tests, 0 for all other calls. */
export type Kind = 0 | 1;

/** The sums of one call, to be added to those of its agent and day, or taken off again. */
export interface WaitingSums {
  readonly agentId: string;
  /** In UTC, `2026-11-25`. */
  readonly day: string;
  readonly kind: Kind;
  readonly times: 1 | -1;
  readonly sums: CallSums;
}

interface WaitingRow {
  readonly agent_id: string;
  readonly day: string;
  readonly is_test: Kind;
  readonly times: 1 | -1;
  readonly sums: string;
}

/** Sums of calls that are not put together yet, in the order in which they came. */
export function openWaitingSums(db: Database) {
  const insert = db.prepare<[string, string, Kind, number, string]>(
    'INSERT INTO sums_waiting (agent_id, day, is_test, times, sums) VALUES (?, ?, ?, ?, ?)',
  );
  const count = db.prepare<[], number>('SELECT count(*) FROM sums_waiting').pluck();
  const select = db.prepare<[], WaitingRow>(
    'SELECT agent_id, day, is_test, times, sums FROM sums_waiting ORDER BY n',
  );
  const clear = db.prepare('DELETE FROM sums_waiting');

  return {
    /** @returns how many wait now. */
    add({ agentId, day, kind, times, sums }: WaitingSums): number {
      insert.run(agentId, day, kind, times, JSON.stringify(sums));
      return count.get() ?? 0;
    },
    /** Those that `isWanted` takes; the sums of others are not read. */
    *all(isWanted: (row: Omit<WaitingSums, 'sums'>) => boolean = () => true): Generator<WaitingSums> {
      for (const { agent_id: agentId, day, is_test: kind, times, sums } of select.iterate()) {
        const row = { agentId, day, kind, times };
        // Written by `add`, and by nothing else.
        if (isWanted(row)) yield { ...row, sums: JSON.parse(sums) as CallSums };
      }
    },
    clear(): void {
      clear.run();
    },
  };
}
