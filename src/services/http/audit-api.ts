import { AuditQuery } from '../../protocol/console-audit.ts';
import type { Journal } from '../storage/journal.port.ts';
import { json } from './answer.ts';
import { readQuery } from './request-schema.ts';
import type { Handler } from './routes.ts';
import { withoutAbsent } from './without-absent.ts';

/** What operators did. */
export function auditApi({ journal }: { readonly journal: Pick<Journal, 'query'> }) {
  return {
    'GET /api/audit': async ({ query }) =>
      json(200, await journal.query('audit', withoutAbsent(readQuery(AuditQuery, query)))),
  } satisfies Record<string, Handler>;
}
