import type { Database } from 'better-sqlite3';
import type { TestCalls } from '../../../protocol/console-analytics.ts';
import { addSums, type CallSums, noSums } from '../folds/call-sums.fold.ts';
import type { DayRange } from '../calls.port.ts';
import { type DayRow, lastDayOf, monthOf, openSettledSums } from './settled-sums.ts';
import { type Kind, openWaitingSums } from './waiting-sums.ts';

/** Entries that are put together in one go: adding up costs less than reading and writing the sums. */
const BATCH = 64;
/** Stands for all agents; no agent has this id. */
const EVERYBODY = '';

/** The sums of a call, to be added to its day or taken from it. */
interface SumsChange {
  readonly agentId: string;
  /** In UTC, `2026-11-25`. */
  readonly day: string;
  /** Tests are summed apart. */
  readonly isTest: boolean;
  readonly sums: CallSums;
  readonly times: 1 | -1;
}

const KINDS: Readonly<Record<TestCalls, readonly Kind[]>> = { exclude: [0], include: [0, 1], only: [1] };

/**
 * Sums of calls by agent and by day and month. A question reads a row for each
 * whole month and each day beside them: a year is twelve rows, whatever the
 * number of calls, and at most some seventy.
 */
export function openSumsLedger(db: Database) {
  const waiting = openWaitingSums(db);
  const settled = openSettledSums(db);

  /** Puts together what waits. */
  const settle = (): void => {
    const ofDays = new Map<string, { agentId: string; day: string; kind: Kind; sums: CallSums }>();
    for (const { agentId, day, kind, times, sums } of waiting.all()) {
      const key = `${agentId} ${day} ${String(kind)}`;
      const ofDay = ofDays.get(key) ?? { agentId, day, kind, sums: noSums() };
      ofDays.set(key, ofDay);
      addSums(ofDay.sums, sums, times);
    }
    for (const { agentId, day, kind, sums } of ofDays.values()) {
      for (const whose of [agentId, EVERYBODY]) {
        for (const period of [day, monthOf(day)]) settled.add(whose, period, kind, sums);
      }
    }
    waiting.clear();
  };

  return {
    add({ isTest, ...change }: SumsChange): void {
      if (waiting.add({ ...change, kind: isTest ? 1 : 0 }) >= BATCH) settle();
    },

    /** Sums of the calls that began on the days of a range, and the days on which any did. Writes nothing. */
    ofRange({ from = '', to = '~', agent = EVERYBODY, tests = 'exclude' }: DayRange): {
      sums: CallSums;
      days: DayRow[];
    } {
      const kinds = KINDS[tests];
      const sums = noSums();
      const days = new DayCounts();
      const isWhole = (month: string) => from <= `${month}-01` && to >= lastDayOf(month);

      for (const kind of kinds) {
        const ofKind = settled.days(agent, kind, from, to);
        const periods = new Set(ofKind.map(({ day }) => (isWhole(monthOf(day)) ? monthOf(day) : day)));
        for (const period of periods) addSums(sums, settled.of(agent, period, kind));
        for (const row of ofKind) days.add(row, 1);
      }
      const more = waiting.all(
        ({ agentId, day, kind }) =>
          day >= from && day <= to && (agent === EVERYBODY || agent === agentId) && kinds.includes(kind),
      );
      for (const { day, times, sums: ofCall } of more) {
        addSums(sums, ofCall, times);
        days.add({ day, calls: ofCall.calls, totalMs: ofCall.totalMs }, times);
      }
      return { sums, days: days.inOrder() };
    },
  };
}

/** What began on each day. */
class DayCounts {
  readonly #days = new Map<string, DayRow>();

  add({ day, calls, totalMs }: DayRow, times: 1 | -1): void {
    const known = this.#days.get(day) ?? { calls: 0, totalMs: 0 };
    this.#days.set(day, {
      day,
      calls: known.calls + times * calls,
      totalMs: known.totalMs + times * totalMs,
    });
  }

  inOrder(): DayRow[] {
    return [...this.#days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
  }
}
