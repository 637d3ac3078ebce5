import type { AgentProfile } from '../../protocol/agent-profile.ts';
import { greetingOf } from '../../protocol/profile-sentences.ts';
import type { AgentDetail, AgentDraft, AgentPreview, AgentVersion } from '../../protocol/console-agents.ts';
import { answeredProblem, type FieldProblem } from '../../protocol/field-problem.ts';
import { PageQuery } from '../../protocol/rest.ts';
import type { AgentDrafts } from '../agents/agent-drafts.ts';
import { json } from './answer.ts';
import { RequestProblem } from './problems.ts';
import { readQuery } from './request-schema.ts';
import type { Handler } from './routes.ts';

/** Where profiles are kept (services/agents/agents.ts). */
export interface AgentStore {
  list(): readonly AgentProfile[];
  stored(id: string): AgentDetail | undefined;
  versions(id: string): Promise<readonly AgentVersion[] | undefined>;
  /** What a profile would be, were it saved now. */
  check(id: string, written: object): { profile: AgentProfile } | { problems: readonly FieldProblem[] };
  /** Answers which version it is, and which it replaces. */
  put(id: string, written: object): Promise<SavedAgent | { problems: readonly FieldProblem[] }>;
}

export interface SavedAgent {
  readonly profile: AgentProfile;
  readonly version: string;
  /** Undefined for an agent that is new. */
  readonly replaces: string | undefined;
}

export interface AgentsApiDeps {
  readonly agents: AgentStore;
  readonly drafts: Pick<AgentDrafts, 'keep'>;
  /** What the model is told, for a profile. */
  readonly instructionsFor: (profile: AgentProfile) => string;
}

/** The rule for an id, asked before the body is looked at: it becomes a file's name. */
export const AGENT_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Agent profiles, as an operator reads, tries and edits them. */
export function agentsApi({ agents, drafts, instructionsFor }: AgentsApiDeps) {
  const unknown = () => new RequestProblem('NOT_FOUND', { detail: 'no agent has this id' });

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

    'GET /api/agents/:id': ({ params }) => {
      const stored = agents.stored(params['id'] ?? '');
      if (stored === undefined) throw unknown();
      return json(200, stored satisfies AgentDetail);
    },

    'GET /api/agents/:id/versions': async ({ params }) => {
      const items = await agents.versions(params['id'] ?? '');
      if (items === undefined) throw unknown();
      return json(200, { items, nextCursor: null });
    },

    'POST /api/agents/:id/preview': ({ params, body }) => {
      const checked = agents.check(idIn(params), profileIn(body));
      const preview: AgentPreview =
        'problems' in checked
          ? { problems: checked.problems.map(answeredProblem), instructions: null, greeting: null }
          : {
              problems: [],
              instructions: instructionsFor(checked.profile),
              greeting: greetingOf(checked.profile),
            };
      return json(200, preview);
    },

    'POST /api/agents/:id/draft': ({ params, body }) => {
      const checked = agents.check(idIn(params), profileIn(body));
      if ('problems' in checked) throw wrong(checked.problems);
      return json(201, drafts.keep(checked.profile) satisfies AgentDraft);
    },

    'PUT /api/agents/:id': async ({ params, body }) => {
      const id = idIn(params);
      const written = profileIn(body);
      const saved = await agents.put(id, written);
      if ('problems' in saved) throw wrong(saved.problems);
      const { profile, version, replaces } = saved;
      const findings = { toVersion: version, ...(replaces !== undefined && { fromVersion: replaces }) };
      return { ...json(200, profile), findings };
    },
  } satisfies Record<string, Handler>;
}

function idIn(params: Readonly<Record<string, string>>): string {
  const id = params['id'] ?? '';
  if (!AGENT_ID.test(id)) throw wrong([{ path: 'id', message: 'must be 1 to 64 of a-z, 0-9, _ and -' }]);
  return id;
}

function profileIn(body: unknown): object {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw wrong([{ path: '', message: 'must be an object' }]);
  }
  return body;
}

const cursorOf = (id: string) => Buffer.from(id).toString('base64url');

function idOf(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString();
  if (AGENT_ID.test(id)) return id;
  throw wrong([{ path: 'cursor', message: 'is not a cursor of this list' }]);
}

function wrong(errors: readonly FieldProblem[]): RequestProblem {
  return new RequestProblem('REQUEST_INVALID', { errors });
}
