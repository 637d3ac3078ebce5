import type { Database } from 'better-sqlite3';
import { addSums, type CallSums, noSums } from '../folds/call-sums.fold.ts';
import type { Kind } from './waiting-sums.ts';

const LENGTH_OF_DAY = '2026-11-25'.length;

/** A day on which calls began. */
export interface DayRow {
  /** In UTC, `2026-11-25`. */
  readonly day: string;
  readonly calls: number;
  readonly totalMs: number;
}

/** Sums by agent, and by day or month (`2026-11-25`, `2026-11`). */
export function openSettledSums(db: Database) {
  const select = db
    .prepare<[string, string, Kind], string>(
      'SELECT sums FROM call_sums WHERE agent_id = ? AND period = ? AND is_test = ?',
    )
    .pluck();
  const upsert = db.prepare<[string, string, Kind, number, number, string]>(
    'INSERT OR REPLACE INTO call_sums (agent_id, period, is_test, calls, total_ms, sums) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const selectDays = db.prepare<[string, Kind, string, string, number], DayRow>(
    `SELECT period AS day, calls, total_ms AS totalMs FROM call_sums
     WHERE agent_id = ? AND is_test = ? AND period >= ? AND period <= ? AND length(period) = ? ORDER BY period`,
  );
  const of = (agentId: string, period: string, kind: Kind): CallSums => {
    const json = select.get(agentId, period, kind);
    return json === undefined ? noSums() : (JSON.parse(json) as CallSums);
  };

  return {
    of,
    add(agentId: string, period: string, kind: Kind, sums: CallSums): void {
      const all = addSums(addSums(noSums(), of(agentId, period, kind)), sums);
      upsert.run(agentId, period, kind, all.calls, all.totalMs, JSON.stringify(all));
    },
    /** The days of a range on which any call began, in order. */
    days: (agentId: string, kind: Kind, from: string, to: string): DayRow[] =>
      selectDays.all(agentId, kind, from, to, LENGTH_OF_DAY),
  };
}

export const monthOf = (day: string) => day.slice(0, '2026-11'.length);

export function lastDayOf(month: string): string {
  const [year = '', ofYear = ''] = month.split('-');
  return new Date(Date.UTC(Number(year), Number(ofYear), 0)).toISOString().slice(0, LENGTH_OF_DAY);
}
