import type { Clock } from '../../clock.ts';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
import type { FieldProblem } from '../../protocol/field-problem.ts';
import { PageQuery } from '../../protocol/rest.ts';
import { json } from './answer.ts';
import { tooMany } from './guard.ts';
import { RequestProblem } from './problems.ts';
import { RateLimit } from './rate-limit.ts';
import { readQuery } from './request-schema.ts';
import type { Handler } from './routes.ts';

/** Where profiles are kept (services/agents.ts). */
export interface AgentStore {
  list(): readonly AgentProfile[];
  put(id: string, written: object): Promise<{ profile: AgentProfile } | { problems: FieldProblem[] }>;
}

/** The rule for an id, asked before the body is looked at: it becomes a file's name. */
const AGENT_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Each save is synced to disk twice: a loop that saves must not starve the disk. */
const SAVES = { max: 60, windowMs: 60_000 };

/** Agent profiles, as an operator reads and edits them. */
export function agentsApi(agents: AgentStore, clock: Clock) {
  const saves = new RateLimit({ ...SAVES, clock });
  return {
    'GET /api/agents': ({ query }) => {
      const { limit, cursor } = readQuery(PageQuery, query);
      const after = cursor === undefined ? '' : idOf(cursor);
      const rest = agents.list().filter(({ id }) => id > after);
      const items = rest.slice(0, limit);
      const last = items.at(-1);
      const nextCursor = last !== undefined && rest.length > limit ? cursorOf(last.id) : null;
      return json(200, { items, nextCursor });
    },

    'PUT /api/agents/:id': async ({ params, body }) => {
      const id = params['id'] ?? '';
      if (!AGENT_ID.test(id)) throw wrong([{ path: 'id', message: 'must be 1 to 64 of a-z, 0-9, _ and -' }]);
      if (typeof body !== 'object' || body === null || Array.isArray(body)) {
        throw wrong([{ path: '', message: 'must be an object' }]);
      }
      const waitMs = saves.take('');
      if (waitMs > 0) throw tooMany(waitMs);
      const saved = await agents.put(id, body);
      if ('problems' in saved) throw wrong(saved.problems);
      return json(200, saved.profile);
    },
  } satisfies Record<string, Handler>;
}

const cursorOf = (id: string) => Buffer.from(id).toString('base64url');

function idOf(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString();
  if (AGENT_ID.test(id)) return id;
  throw wrong([{ path: 'cursor', message: 'is none that this list gave' }]);
}

function wrong(errors: readonly FieldProblem[]): RequestProblem {
  return new RequestProblem('REQUEST_INVALID', { errors });
}
