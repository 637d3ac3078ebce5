/** A step of the database (schema-steps.ts): it is released, and never changed. */
export const TEST_CALLS_APART = `
  -- Calls that try the engine are known, and summed apart. Before, those from the softphone were known by their caller,
  -- and counted with all others: \`recounts\` has the calls to be counted again (call-digests.ts). They are not all counted
  -- again, because sums outlive the calls that were erased.
  UPDATE calls SET record = json_set(record, '$.isTest', json(iif(record ->> 'from' = 'client:softphone', 'true', 'false')))
  WHERE record IS NOT NULL;
  ALTER TABLE call_digests ADD COLUMN is_test INTEGER NOT NULL DEFAULT 0 CHECK (is_test IN (0, 1));
  ALTER TABLE sums_waiting ADD COLUMN is_test INTEGER NOT NULL DEFAULT 0 CHECK (is_test IN (0, 1));
  CREATE TABLE call_sums_2 (
    agent_id TEXT NOT NULL,
    period TEXT NOT NULL,
    is_test INTEGER NOT NULL CHECK (is_test IN (0, 1)),
    calls INTEGER NOT NULL,
    total_ms INTEGER NOT NULL,
    sums TEXT NOT NULL,
    PRIMARY KEY (agent_id, period, is_test)
  ) STRICT;
  INSERT INTO call_sums_2 (agent_id, period, is_test, calls, total_ms, sums)
  SELECT agent_id, period, 0, calls, total_ms, sums FROM call_sums;
  DROP TABLE call_sums;
  ALTER TABLE call_sums_2 RENAME TO call_sums;
  CREATE TABLE recounts (n INTEGER PRIMARY KEY) STRICT;
  INSERT INTO recounts (n)
  SELECT n FROM calls WHERE digested_seq IS NOT NULL AND record ->> 'isTest';
  `;
