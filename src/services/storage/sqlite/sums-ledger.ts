import type { Database } from 'better-sqlite3';
import type { TestCalls } from '../../../protocol/console-analytics.ts';
import { addSums, type CallSums, noSums } from '../folds/call-sums.fold.ts';
import type { DayRange } from '../calls.port.ts';

/** Entries that are put together in one go: adding up costs less than reading and writing the sums. */
const BATCH = 64;
/** Stands for all agents; no agent has this id. */
const EVERYBODY = '';
const LENGTH_OF_DAY = '2026-11-25'.length;

interface Entry {
  readonly agentId: string;
  /** In UTC, `2026-11-25`. */
  readonly day: string;
  /** Tests are summed apart. */
  readonly isTest: boolean;
  readonly sums: CallSums;
  readonly times: 1 | -1;
}

/** 1 for tests, 0 for all other calls. */
type Kind = 0 | 1;

const KINDS: Readonly<Record<TestCalls, readonly Kind[]>> = { exclude: [0], include: [0, 1], only: [1] };

interface WaitingRow {
  readonly agent_id: string;
  readonly day: string;
  readonly is_test: Kind;
  readonly times: 1 | -1;
  readonly sums: string;
}

interface DayRow {
  readonly day: string;
  readonly calls: number;
  readonly totalMs: number;
}

/**
 * Sums of calls by agent and by day and month. A question reads a row for each
 * whole month and each day beside them: a year is twelve rows, whatever the
 * number of calls, and at most some seventy.
 */
export function openSumsLedger(db: Database) {
  const insert = db.prepare<[string, string, Kind, number, string]>(
    'INSERT INTO sums_waiting (agent_id, day, is_test, times, sums) VALUES (?, ?, ?, ?, ?)',
  );
  const countWaiting = db.prepare<[], number>('SELECT count(*) FROM sums_waiting').pluck();
  const waiting = db.prepare<[], WaitingRow>(
    'SELECT agent_id, day, is_test, times, sums FROM sums_waiting ORDER BY n',
  );
  const clear = db.prepare('DELETE FROM sums_waiting');
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

  const storedSums = (agentId: string, period: string, kind: Kind): CallSums => {
    const json = select.get(agentId, period, kind);
    return json === undefined ? noSums() : (JSON.parse(json) as CallSums);
  };

  /** Puts together what waits. */
  const settle = (): void => {
    const ofDays = new Map<string, { agentId: string; day: string; kind: Kind; sums: CallSums }>();
    for (const { agent_id: agentId, day, is_test: kind, times, sums } of waiting.iterate()) {
      const key = `${agentId} ${day} ${String(kind)}`;
      const ofDay = ofDays.get(key) ?? { agentId, day, kind, sums: noSums() };
      ofDays.set(key, ofDay);
      addSums(ofDay.sums, JSON.parse(sums) as CallSums, times);
    }
    for (const { agentId, day, kind, sums } of ofDays.values()) {
      for (const whose of [agentId, EVERYBODY]) {
        for (const period of [day, monthOf(day)]) {
          const all = addSums(addSums(noSums(), storedSums(whose, period, kind)), sums);
          upsert.run(whose, period, kind, all.calls, all.totalMs, JSON.stringify(all));
        }
      }
    }
    clear.run();
  };

  return {
    add({ agentId, day, isTest, sums, times }: Entry): void {
      insert.run(agentId, day, isTest ? 1 : 0, times, JSON.stringify(sums));
      if ((countWaiting.get() ?? 0) >= BATCH) settle();
    },

    /** Sums of the calls that began on the days of a range, and the days on which any did. Writes nothing. */
    ofRange({ from = '', to = '~', agent = EVERYBODY, tests = 'exclude' }: DayRange): {
      sums: CallSums;
      days: DayRow[];
    } {
      const kinds = KINDS[tests];
      const sums = noSums();
      const days = new Map<string, DayRow>();
      const addDay = ({ day, calls, totalMs }: DayRow, times: 1 | -1) => {
        const known = days.get(day) ?? { calls: 0, totalMs: 0 };
        days.set(day, { day, calls: known.calls + times * calls, totalMs: known.totalMs + times * totalMs });
      };
      const isWhole = (month: string) => from <= `${month}-01` && to >= lastDayOf(month);

      for (const kind of kinds) {
        const settled = selectDays.all(agent, kind, from, to, LENGTH_OF_DAY);
        const periods = new Set(settled.map(({ day }) => (isWhole(monthOf(day)) ? monthOf(day) : day)));
        for (const period of periods) addSums(sums, storedSums(agent, period, kind));
        for (const row of settled) addDay(row, 1);
      }
      for (const { agent_id, day, is_test, times, sums: json } of waiting.iterate()) {
        if (day < from || day > to || (agent !== EVERYBODY && agent !== agent_id)) continue;
        if (!kinds.includes(is_test)) continue;
        const more = JSON.parse(json) as CallSums;
        addSums(sums, more, times);
        addDay({ day, calls: more.calls, totalMs: more.totalMs }, times);
      }
      return { sums, days: [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1)) };
    },
  };
}

const monthOf = (day: string) => day.slice(0, '2026-11'.length);

function lastDayOf(month: string): string {
  const [year = '', ofYear = ''] = month.split('-');
  return new Date(Date.UTC(Number(year), Number(ofYear), 0)).toISOString().slice(0, LENGTH_OF_DAY);
}
