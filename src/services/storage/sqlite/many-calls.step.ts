/** A step of the database (schema-steps.ts): it is released, and never changed. */
export const MANY_CALLS = `
  -- So that no question reads a whole table, however many calls there are.
  CREATE INDEX calls_of_tests ON calls (at, n) WHERE record ->> '$.isTest';
  CREATE INDEX bookings_by_end ON bookings (ends_at, n);
  CREATE INDEX bookings_by_diary_and_end ON bookings (diary, ends_at, n);
  CREATE INDEX outbox_with_reason ON outbox (n) WHERE reason IS NOT NULL;
  -- The first and the last number of the calls that began on a day (\`at\` / 86,400,000), so that the index of words can be
  -- walked for these days only. Some of them may be gone.
  CREATE TABLE call_days (day INTEGER PRIMARY KEY, first_n INTEGER NOT NULL, last_n INTEGER NOT NULL) STRICT;
  INSERT INTO call_days (day, first_n, last_n)
  SELECT at / 86400000, min(n), max(n) FROM calls WHERE at IS NOT NULL GROUP BY 1;
  `;
