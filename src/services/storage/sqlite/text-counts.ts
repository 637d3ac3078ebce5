import type { Database } from 'better-sqlite3';
import type { NewMessage, TextLimit, TextLimits } from '../journal.port.ts';
import { limitPassed } from '../rules/text-limit.ts';

const DAY_MS = 86_400_000;

/** Counts the texts of a call, of a destination and of the engine; rules/text-limit.ts says what is too much. */
export function textCounts(db: Database) {
  const ofCall = db.prepare<[string], number>('SELECT count(*) FROM messages WHERE call_sid = ?').pluck();
  const ofDestination = db
    .prepare<[string, number], number>('SELECT count(*) FROM messages WHERE destination = ? AND at >= ?')
    .pluck();
  const ofEngine = db.prepare<[number], number>('SELECT count(*) FROM messages WHERE at >= ?').pluck();
  // A text that failed did not arrive: saying it again is no repetition.
  const sameWords = db
    .prepare<[string, number, string], number>(
      `SELECT 1 FROM messages WHERE destination = ? AND at >= ? AND body = ?
       AND status NOT IN ('failed', 'undelivered', 'canceled') LIMIT 1`,
    )
    .pluck();

  return ({ callSid, to, body, at }: NewMessage, limits: TextLimits): TextLimit | undefined => {
    const since = at - DAY_MS;
    const counts = {
      ofCall: ofCall.get(callSid) ?? 0,
      ofDestinationAndDay: ofDestination.get(to, since) ?? 0,
      ofEngineAndDay: ofEngine.get(since) ?? 0,
      isRepeat: sameWords.get(to, since, body) !== undefined,
    };
    return limitPassed(counts, limits);
  };
}
