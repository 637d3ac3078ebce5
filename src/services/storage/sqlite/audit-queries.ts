import type { Database } from 'better-sqlite3';
import type { ActName, ActorName, AuditRow, ClientName } from '../../../protocol/console-audit.ts';
import type { AuditQueries } from '../audit.port.ts';
import { placedPageOf } from './page.ts';
import type { InThread } from './in-thread.ts';

interface StoredAct {
  readonly n: number;
  readonly at: number;
  readonly who: ActorName;
  readonly client: ClientName | null;
  readonly address: string | null;
  readonly act: ActName;
  readonly call_sid: string | null;
  readonly agent_id: string | null;
  readonly caller: string | null;
  readonly version_from: string | null;
  readonly version_to: string | null;
  readonly status: number | null;
}

/** Reading the trail. */
export function auditQueries(db: Database): InThread<AuditQueries> {
  const all = db.prepare<[object], StoredAct>(
    'SELECT * FROM audit WHERE (at, n) < (@at, @n) ORDER BY at DESC, n DESC LIMIT @rows',
  );
  const ofAct = db.prepare<[object], StoredAct>(
    'SELECT * FROM audit WHERE act = @act AND (at, n) < (@at, @n) ORDER BY at DESC, n DESC LIMIT @rows',
  );
  return {
    audit: ({ act, ...page }) =>
      placedPageOf(
        { list: 'audit', ...page },
        (after) => (act === undefined ? all.all(after) : ofAct.all({ ...after, act })),
        auditRowOf,
      ),
  };
}

function auditRowOf(row: StoredAct): AuditRow {
  return {
    id: row.n,
    at: new Date(row.at).toISOString(),
    who: row.who,
    client: row.client,
    address: row.address,
    act: row.act,
    callSid: row.call_sid,
    agentId: row.agent_id,
    caller: row.caller,
    fromVersion: row.version_from,
    toVersion: row.version_to,
    status: row.status,
  };
}
