import { Link } from 'wouter';
import type { AuditRow } from '../../src/protocol/console-audit.ts';
import { fullTimeText, NOTHING } from '../parts/figures.ts';
import { ACT_WORDS, CLIENT_WORDS, resultWords, WHO_WORDS } from './act-words.ts';

/** Times to the second: they are compared with one another, and with logs. */
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** Shows acts as a table, newest first. */
export function AuditTable({ rows }: { readonly rows: readonly AuditRow[] }) {
  return (
    <table className="audit-table" aria-label="What operators did, newest first">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">On what</th>
          <th scope="col">By</th>
          <th scope="col">From</th>
          <th scope="col">Result</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Act key={row.id} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Act({ row }: { readonly row: AuditRow }) {
  const at = Date.parse(row.at);
  const hasFailed = row.status === null || row.status >= 400;
  return (
    <tr>
      <td>
        <time dateTime={row.at} title={fullTimeText(at)}>
          {moment.format(at)}
        </time>
      </td>
      <td className="audit-act">{ACT_WORDS[row.act]}</td>
      <td>
        <Thing row={row} />
      </td>
      <td>
        {WHO_WORDS[row.who]}
        {row.client !== null && <span className="quiet">, {CLIENT_WORDS[row.client]}</span>}
      </td>
      <td>
        <code>{row.address ?? NOTHING}</code>
      </td>
      <td className="audit-result" data-bad={hasFailed || undefined}>
        {resultWords(row.status)} <span className="label">{row.status}</span>
      </td>
    </tr>
  );
}

/** Shows what was acted on: an agent by its id, a call by its SID. A caller is only known by a digest of the number. */
function Thing({ row: { callSid, agentId, caller, fromVersion, toVersion } }: { readonly row: AuditRow }) {
  if (callSid === null && agentId === null && caller === null) return NOTHING;
  return (
    <span className="audit-things">
      {agentId !== null && <Link href={`/agents/${encodeURIComponent(agentId)}`}>{agentId}</Link>}
      {callSid !== null &&
        (callSid.startsWith('CA') ? (
          <Link href={`/calls/${callSid}`}>
            <code>{callSid}</code>
          </Link>
        ) : (
          <span className="quiet" title={callSid}>
            an erased call
          </span>
        ))}
      {caller !== null && (
        <span className="quiet" title={`digest ${caller}`}>
          caller <code>{caller.slice(0, 8)}</code>
        </span>
      )}
      {fromVersion !== null && fromVersion === toVersion ? (
        <span className="quiet">nothing changed</span>
      ) : (
        (fromVersion ?? toVersion) !== null && (
          <span className="quiet">
            <code>{fromVersion?.slice(0, 8) ?? 'new'}</code> to{' '}
            <code>{toVersion?.slice(0, 8) ?? 'gone'}</code>
          </span>
        )
      )}
    </span>
  );
}
