import type { Database } from 'better-sqlite3';

/** What a number leaves in a text that stays: its shape. */
const masked = (phone: string) => phone.replaceAll(/\d/g, '•');

/** Ends what is on its way to the carrier as failed. Whoever has one in hand finds it done, and changes nothing. */
export const END_ERRANDS = `UPDATE outbox SET state = 'done', status = 'failed', request = '{}', call_sid = NULL,
  reason = NULL, key = 'erased ' || id`;

/**
 * What names a number outside the calls that it made: a lead of somebody else's
 * call, a booking made for it, a text on its way to it; and what admission keeps.
 */
export function openNumberRows(db: Database) {
  const next = db.prepare<[{ phone: string }], { kind: string; n: number; call_sid: string }>(
    `SELECT * FROM (SELECT 'lead' AS kind, n, call_sid FROM leads WHERE phone = @phone LIMIT 1)
     UNION ALL SELECT * FROM (SELECT 'booking', n, call_sid FROM bookings WHERE phone = @phone LIMIT 1)
     UNION ALL SELECT * FROM (SELECT 'booking', n, call_sid FROM bookings WHERE caller = @phone LIMIT 1)
     UNION ALL SELECT * FROM (SELECT 'message', n, call_sid FROM messages WHERE destination = @phone LIMIT 1)
     LIMIT 1`,
  );
  const remove: Readonly<Record<string, { run(n: number): unknown }>> = {
    lead: db.prepare<[number]>('DELETE FROM leads WHERE n = ?'),
    booking: db.prepare<[number]>('DELETE FROM bookings WHERE n = ?'),
    message: db.prepare<[number]>('DELETE FROM messages WHERE n = ?'),
  };
  const removeErrand = db.prepare<[number]>(
    `DELETE FROM outbox WHERE state = 'done' AND id = (SELECT id FROM messages WHERE n = ?)`,
  );
  const maskEvents = db.prepare<[object]>(
    `UPDATE events SET body = replace(body, @phone, @mask) WHERE call_sid = @callSid AND instr(body, @phone) > 0`,
  );
  const maskIntents = db.prepare<[object]>(
    `UPDATE intents SET outcome = replace(outcome, @phone, @mask)
     WHERE call_sid = @callSid AND instr(outcome, @phone) > 0`,
  );
  const endErrands = db.prepare<[string]>(`${END_ERRANDS} WHERE state <> 'done' AND request ->> 'to' = ?`);
  const forgetReasons = db.prepare<[string]>(
    'UPDATE outbox SET reason = NULL WHERE reason IS NOT NULL AND instr(reason, ?) > 0',
  );
  const hasErrand = db
    .prepare<[string], number>(`SELECT 1 FROM outbox WHERE state <> 'done' AND request ->> 'to' = ? LIMIT 1`)
    .pluck();
  const isOfAdmission = db
    .prepare<[{ phone: string }], number>(
      `SELECT 1 FROM blocked_numbers WHERE phone = @phone UNION ALL SELECT 1 FROM admissions WHERE caller = @phone
       UNION ALL SELECT 1 FROM refused_calls WHERE phone = @phone LIMIT 1`,
    )
    .pluck();
  const forgetAdmission = [
    'DELETE FROM blocked_numbers WHERE phone = ?',
    'DELETE FROM admissions WHERE caller = ?',
    'DELETE FROM refused_calls WHERE phone = ?',
  ].map((sql) => db.prepare<[string]>(sql));
  const forgetResults = db.prepare<[string]>('DELETE FROM applied WHERE instr(result, ?) > 0');

  return {
    isAny: (phone: string): boolean =>
      next.get({ phone }) !== undefined ||
      hasErrand.get(phone) !== undefined ||
      isOfAdmission.get({ phone }) !== undefined,

    /** Takes one row away, and the number out of the log of the call that made it. False when there is none. */
    eraseOne(phone: string): boolean {
      const row = next.get({ phone });
      if (row === undefined) return false;
      if (row.kind === 'message') removeErrand.run(row.n);
      remove[row.kind]?.run(row.n);
      const where = { phone, mask: masked(phone), callSid: row.call_sid };
      maskEvents.run(where);
      maskIntents.run(where);
      return true;
    },

    /** What has the number and belongs to no call. Reads what the outbox has not done, or was refused. */
    eraseLoose(phone: string): void {
      endErrands.run(phone);
      forgetReasons.run(phone);
      forgetResults.run(phone);
      for (const statement of forgetAdmission) statement.run(phone);
    },
  };
}
