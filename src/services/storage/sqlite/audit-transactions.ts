import type { Database } from 'better-sqlite3';
import { type ActName, ACTS } from '../../../protocol/console-audit.ts';
import type { AuditTransactions } from '../audit.port.ts';
import { digestOf, openErasedCalls } from './erased-calls.ts';
import type { InThread } from './in-thread.ts';

const DAY_MS = 86_400_000;

/** A year, which is what rules for payments and health ask for at least, and time to notice. */
const KEPT_MS = 400 * DAY_MS;

/**
 * Rows of one act, 180 MB of all acts at most (280 bytes each); 100 of one act a day do not get there. For each act by
 * itself: otherwise whoever mutes a call often enough would push the erasure out that nobody is to see.
 */
const MAX_OF_ACT = 40_000;

/** Acts between two looks at how many there are: a look at all of them takes some milliseconds. */
const ACTS_PER_LOOK = 256;

/** Writing the trail. A row is written when an act begins, and added to once when it is over. */
export function auditTransactions(db: Database, maxOfAct = MAX_OF_ACT): InThread<AuditTransactions> {
  const erased = openErasedCalls(db);
  const insert = db.prepare<[Record<string, unknown>]>(
    `INSERT OR IGNORE INTO audit (id, at, who, client, address, act, call_sid, agent_id, caller)
     VALUES (@id, @at, @who, @client, @address, @act, @callSid, @agentId, @caller)`,
  );
  const conclude = db.prepare<[Record<string, unknown>]>(
    `UPDATE audit SET status = @status, call_sid = coalesce(call_sid, @callSid),
       agent_id = coalesce(agent_id, @agentId), version_from = @fromVersion, version_to = @toVersion
     WHERE id = @id AND status IS NULL`,
  );
  const removeOld = db.prepare<[number]>('DELETE FROM audit WHERE at < ?');
  const removeBeyond = db.prepare<[{ act: ActName; rows: number }]>(
    `DELETE FROM audit WHERE act = @act AND (at, n) <=
       (SELECT at, n FROM audit WHERE act = @act ORDER BY at DESC, n DESC LIMIT 1 OFFSET @rows)`,
  );
  const lastKnown = db.prepare<[], { agent_id: string; version_to: string | null }>(
    `SELECT agent_id, version_to FROM audit WHERE n IN (
       SELECT max(n) FROM audit WHERE act = 'foundAgent' OR (act = 'saveAgent' AND version_to IS NOT NULL)
       GROUP BY agent_id)`,
  );
  const found = db.prepare<[number, string, string | null, string | null]>(
    `INSERT INTO audit (at, who, act, agent_id, version_from, version_to, status)
     VALUES (?, 'disk', 'foundAgent', ?, ?, ?, 200)`,
  );

  /** Whoever asks for a call that was erased does not bring its SID back. */
  const nameOf = (callSid: string | undefined) =>
    callSid === undefined ? null : erased.has(callSid) ? erasedName(callSid) : callSid;

  return {
    beginAct({ callSid, agentId = null, caller = null, ...act }) {
      removeOld.run(act.at - KEPT_MS);
      const { changes, lastInsertRowid } = insert.run({ ...act, callSid: nameOf(callSid), agentId, caller });
      if (changes === 0 || Number(lastInsertRowid) % ACTS_PER_LOOK > 0) return;
      for (const name of ACTS) removeBeyond.run({ act: name, rows: maxOfAct });
    },

    concludeAct({ callSid, agentId = null, fromVersion = null, toVersion = null, ...end }) {
      conclude.run({ ...end, callSid: nameOf(callSid), agentId, fromVersion, toVersion });
    },

    noteProfiles({ profiles, at }) {
      const known = new Map(lastKnown.all().map((row) => [row.agent_id, row.version_to]));
      for (const { agentId, version } of profiles) {
        const before = known.get(agentId) ?? null;
        if (before !== version) found.run(at, agentId, before, version);
        known.delete(agentId);
      }
      for (const [agentId, before] of known) if (before !== null) found.run(at, agentId, before, null);
    },
  };
}

/** What is done to the trail when a call is erased: its SID leads to the caller at the carrier. */
export function openAuditedCalls(db: Database) {
  const rename = db.prepare<[string, string]>('UPDATE audit SET call_sid = ? WHERE call_sid = ?');
  return {
    hide(callSid: string): void {
      rename.run(erasedName(callSid), callSid);
    },
  };
}

/** Stands for a call that was erased: rows of one call are still seen to be of one. */
export const erasedName = (callSid: string) => `erased ${digestOf(callSid).slice(0, 16)}`;
