import type { Database } from 'better-sqlite3';
import type { DaySums } from '../admission.port.ts';

interface SpendingRow extends DaySums {
  readonly placed: number;
}

const NOTHING: SpendingRow = { calls: 0, placed: 0, modelMs: 0, costMicros: 0 };

/** What each day has cost. Erasing a call does not lower it: nobody's words or numbers are in it. */
export function openSpending(db: Database) {
  const select = db.prepare<[string], SpendingRow>(
    'SELECT calls, placed, model_ms AS modelMs, cost_micros AS costMicros FROM spending WHERE day = ?',
  );
  const upsert = db.prepare<[SpendingRow & { day: string }]>(
    `INSERT INTO spending (day, calls, placed, model_ms, cost_micros)
     VALUES (@day, @calls, @placed, @modelMs, @costMicros)
     ON CONFLICT (day) DO UPDATE SET calls = calls + @calls, placed = placed + @placed,
       model_ms = model_ms + @modelMs, cost_micros = cost_micros + @costMicros`,
  );

  return {
    of(day: string): DaySums {
      const { calls, modelMs, costMicros } = select.get(day) ?? NOTHING;
      return { calls, modelMs, costMicros };
    },
    placedOn: (day: string): number => select.get(day)?.placed ?? 0,
    add(day: string, more: Partial<SpendingRow>): void {
      const { calls, placed, modelMs, costMicros } = { ...NOTHING, ...more };
      upsert.run({
        ...{ day, calls, placed },
        ...{ modelMs: Math.round(modelMs), costMicros: Math.round(costMicros) },
      });
    },
  };
}
