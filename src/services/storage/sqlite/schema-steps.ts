import { MANY_CALLS } from './many-calls.step.ts';
import { TEST_CALLS_APART } from './test-calls.step.ts';

/**
 * The shape of the database, step by step. A step that has been released is
 * never changed: the next shape is the next step. `PRAGMA user_version` counts
 * the steps that a file has taken.
 */
export const SCHEMA_STEPS: readonly string[] = [
  `
  -- The truth: one row a line of a call's log. \`version\` is the row's schema (event-row.ts).
  CREATE TABLE events (
    call_sid TEXT NOT NULL,
    seq INTEGER NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    state TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (call_sid, seq)
  ) STRICT, WITHOUT ROWID;

  -- Folds of that log, cached: updated in the commit of the rows they fold, made anew from them at will.
  CREATE TABLE calls (
    n INTEGER PRIMARY KEY,
    call_sid TEXT NOT NULL UNIQUE,
    last_seq INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    next TEXT,
    state TEXT,
    at INTEGER,
    record TEXT
  ) STRICT;
  CREATE INDEX calls_by_time ON calls (at, n);
  CREATE INDEX calls_by_state ON calls (state, at, n);

  CREATE TABLE tokens (
    nonce TEXT PRIMARY KEY,
    call_sid TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE leads (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    call_sid TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    interest TEXT,
    notes TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX leads_by_time ON leads (at, n);

  CREATE TABLE bookings (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    resource TEXT NOT NULL,
    call_sid TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT,
    service TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    timezone TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('booked', 'cancelled')),
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX bookings_by_time ON bookings (at, n);
  CREATE INDEX bookings_by_slot ON bookings (resource, starts_at);

  CREATE TABLE messages (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    call_sid TEXT NOT NULL,
    destination TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    provider_sid TEXT UNIQUE,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX messages_by_time ON messages (at, n);
  CREATE INDEX messages_by_call ON messages (call_sid);
  CREATE INDEX messages_by_destination ON messages (destination, at);

  -- Writes that are durable but whose acknowledgement may not have arrived: a repeated one gets its first result.
  CREATE TABLE applied (
    client TEXT NOT NULL,
    id INTEGER NOT NULL,
    result TEXT,
    PRIMARY KEY (client, id)
  ) STRICT, WITHOUT ROWID;

  -- Filled and emptied in one transaction, to find out whether the disk takes rows again.
  CREATE TABLE probe (ballast BLOB NOT NULL) STRICT;
  `,
  `
  -- An effect that is about to be tried, before anything of it leaves. What it stores in this database carries the same
  -- key. \`outcome\` is what the model was told, and is told again.
  CREATE TABLE intents (
    key TEXT PRIMARY KEY,
    call_sid TEXT NOT NULL,
    tool TEXT NOT NULL,
    tool_call_id TEXT NOT NULL,
    outcome TEXT,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX intents_by_call ON intents (call_sid);

  -- Texts and calls on their way to the carrier. \`due\` is when it may be taken up; of one that is being sent or looked
  -- for, when its owner counts as dead. \`claim\` counts the owners, so that a late one changes nothing.
  CREATE TABLE outbox (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('text', 'call')),
    call_sid TEXT,
    request TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'doubted', 'lost', 'done')),
    attempts INTEGER NOT NULL,
    looks INTEGER NOT NULL,
    claim INTEGER NOT NULL,
    due INTEGER NOT NULL,
    status TEXT NOT NULL,
    provider_sid TEXT UNIQUE,
    reason TEXT,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX outbox_by_due ON outbox (due) WHERE state <> 'done';
  CREATE INDEX outbox_by_call ON outbox (call_sid);
  `,
  `
  -- Appointments that can be moved and cancelled, on several resources. \`caller\` is the number of the call that
  -- booked; \`root_id\` is one for all bookings that one appointment has been.
  CREATE TABLE bookings_2 (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    root_id TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    ended_key TEXT,
    diary TEXT NOT NULL,
    resource TEXT NOT NULL,
    call_sid TEXT NOT NULL,
    caller TEXT,
    name TEXT NOT NULL,
    phone TEXT,
    service TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    timezone TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('confirmed', 'cancelled', 'rescheduled')),
    sequence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
  ) STRICT;
  INSERT INTO bookings_2 (n, id, root_id, key, diary, resource, call_sid, caller, name, phone, service,
    starts_at, ends_at, timezone, status, sequence, at, changed_at)
  SELECT n, id, id, key, resource, '', call_sid,
    (SELECT CASE record ->> 'direction' WHEN 'inbound' THEN record ->> 'from' ELSE record ->> 'to' END
     FROM calls WHERE calls.call_sid = bookings.call_sid),
    name, phone, service, starts_at, ends_at, timezone,
    CASE status WHEN 'booked' THEN 'confirmed' ELSE status END, 0, at, at
  FROM bookings;
  DROP TABLE bookings;
  ALTER TABLE bookings_2 RENAME TO bookings;
  CREATE INDEX bookings_by_time ON bookings (at, n);
  CREATE INDEX bookings_by_call ON bookings (call_sid);
  CREATE INDEX bookings_by_caller ON bookings (diary, caller, starts_at);
  CREATE INDEX bookings_by_ended_key ON bookings (ended_key) WHERE ended_key IS NOT NULL;
  CREATE INDEX bookings_to_come ON bookings (diary, ends_at) WHERE status = 'confirmed';
  -- The transaction looks for overlaps of any length; of equal slots the database itself allows one.
  CREATE UNIQUE INDEX bookings_once ON bookings (diary, resource, starts_at) WHERE status = 'confirmed';
  `,
  `
  -- Folds of ended calls, made anew from their logs at will: a step that empties these tables and sets digested_seq to
  -- NULL has them made again. What was counted of each, up to row \`seq\`; \`n\` is that of calls.
  CREATE TABLE call_digests (
    n INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    barge_ins INTEGER NOT NULL,
    tool_calls INTEGER NOT NULL,
    last_speaker TEXT
  ) STRICT;
  -- Sums of all of them, by agent (empty: all of them) and by day or month of their beginning, UTC (\`2026-11-25\`,
  -- \`2026-11\`). Nobody's words or numbers are in them.
  CREATE TABLE call_sums (
    agent_id TEXT NOT NULL,
    period TEXT NOT NULL,
    calls INTEGER NOT NULL,
    total_ms INTEGER NOT NULL,
    sums TEXT NOT NULL,
    PRIMARY KEY (agent_id, period)
  ) STRICT;
  -- What is to be added to them, or with \`times\` -1 to be taken away: done in one go for many calls.
  CREATE TABLE sums_waiting (
    n INTEGER PRIMARY KEY,
    agent_id TEXT NOT NULL,
    day TEXT NOT NULL,
    times INTEGER NOT NULL CHECK (times IN (1, -1)),
    sums TEXT NOT NULL
  ) STRICT;
  -- What calls are found by: the words that were said, and marks (call-marks.ts). It holds no text, only where words are.
  CREATE VIRTUAL TABLE call_index USING fts5 (
    words, marks, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
  );
  ALTER TABLE calls ADD COLUMN digested_seq INTEGER;
  CREATE INDEX calls_undigested ON calls (n) WHERE state = 'ended' AND digested_seq IS NULL;
  `,
  `
  -- Calls by the number of the other party, so that everything about one can be found and erased.
  CREATE TABLE callers (
    phone TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (phone, n)
  ) STRICT, WITHOUT ROWID;
  INSERT OR IGNORE INTO callers (phone, n)
  SELECT CASE record ->> 'direction' WHEN 'outbound' THEN record ->> 'to' ELSE record ->> 'from' END, n
  FROM calls WHERE record ->> 'direction' IS NOT NULL;
  -- Digests of the SIDs of calls that were erased: what is told of one afterwards is not written down.
  CREATE TABLE erased_calls (digest TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  -- One row while unused bytes of the file may still hold something of them (unused-bytes.ts).
  CREATE TABLE unswept (one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT;
  CREATE INDEX leads_by_phone ON leads (phone) WHERE phone IS NOT NULL;
  CREATE INDEX leads_by_call ON leads (call_sid);
  CREATE INDEX bookings_by_phone ON bookings (phone) WHERE phone IS NOT NULL;
  CREATE INDEX bookings_by_person ON bookings (caller) WHERE caller IS NOT NULL;
  CREATE INDEX tokens_by_call ON tokens (call_sid);
  `,
  `
  -- Calls are erased one by one, too: by their SID, and by their age.
  CREATE INDEX callers_by_call ON callers (n);
  `,
  `
  -- The calls of the last hour, by who called: a number, or the empty text for everybody who withholds theirs.
  CREATE TABLE admissions (n INTEGER PRIMARY KEY, caller TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE INDEX admissions_by_caller ON admissions (caller, at);
  CREATE INDEX admissions_by_time ON admissions (at);
  -- What each day of the engine has cost (\`2026-11-25\`, in its own zone). \`placed\` counts the calls that were asked for.
  -- Money is in millionths of the currency of the rates.
  CREATE TABLE spending (
    day TEXT PRIMARY KEY,
    calls INTEGER NOT NULL,
    placed INTEGER NOT NULL,
    model_ms INTEGER NOT NULL,
    cost_micros INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE blocked_numbers (n INTEGER PRIMARY KEY, phone TEXT NOT NULL UNIQUE, at INTEGER NOT NULL) STRICT;
  CREATE INDEX blocked_numbers_by_time ON blocked_numbers (at, n);
  -- The last calls that were not taken; \`phone\` is null when it was withheld.
  CREATE TABLE refused_calls (
    n INTEGER PRIMARY KEY,
    call_sid TEXT NOT NULL UNIQUE,
    phone TEXT,
    cause TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX refused_calls_by_time ON refused_calls (at, n);
  `,
  `
  -- What operators did. A row has its \`id\` from whoever wrote it, so that it can be added to, and no \`status\` until it
  -- is over. It names no number: \`caller\` is a keyed digest of one.
  CREATE TABLE audit (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT UNIQUE,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    client TEXT,
    address TEXT,
    act TEXT NOT NULL,
    call_sid TEXT,
    agent_id TEXT,
    caller TEXT,
    version_from TEXT,
    version_to TEXT,
    status INTEGER
  ) STRICT;
  CREATE INDEX audit_by_time ON audit (at, n);
  CREATE INDEX audit_by_act ON audit (act, at, n);
  CREATE INDEX audit_by_call ON audit (call_sid) WHERE call_sid IS NOT NULL;
  `,
  `
  -- What the carrier told of calls that nobody has accepted yet. \`event\` and \`body\` become a row of the call's log.
  CREATE TABLE early_callbacks (
    n INTEGER PRIMARY KEY AUTOINCREMENT, call_sid TEXT NOT NULL,
    event TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL,
    UNIQUE (call_sid, event, body)
  ) STRICT;
  `,
  TEST_CALLS_APART,
  `
  -- Who told and who was told stand apart; null is whoever listens. What the chart made of a fact, JSON, stands beside its
  -- body, and in \`regions\` the regions that changed, JSON. Rows of version 1 have one of the two as \`sender\`, and the rest
  -- in their bodies (split-ends.ts).
  ALTER TABLE events RENAME COLUMN actor TO sender;
  ALTER TABLE events ADD COLUMN receiver TEXT;
  ALTER TABLE events ADD COLUMN taken TEXT;
  ALTER TABLE events ADD COLUMN regions TEXT;
  `,
  MANY_CALLS,
];
