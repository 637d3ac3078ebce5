import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AgentProfile } from '../../src/protocol/agent-profile.ts';
import type {
  AgentDetail,
  AgentDraft,
  AgentPreview,
  AgentVersion,
} from '../../src/protocol/console-agents.ts';
import { ApiError, ask } from '../api/request.ts';
import type { JsonValue } from './json.ts';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

const pathOf = (id: string) => `/api/agents/${encodeURIComponent(id)}`;

/** Loads every agent, page after page: there are no more of them than a business has numbers. */
async function everyAgent(signal: AbortSignal): Promise<AgentProfile[]> {
  const agents: AgentProfile[] = [];
  let cursor: string | null = '';
  do {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<AgentProfile> = await ask(`/api/agents?limit=200${query}`, { signal });
    agents.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return agents;
}

export function useAgents() {
  return useQuery({ queryKey: ['agents'], queryFn: ({ signal }) => everyAgent(signal) });
}

/** Loads one agent. Null when no agent has that id, which is no failure: a new agent may take it. */
export function useAgent(id: string) {
  return useQuery({
    queryKey: ['agents', id],
    queryFn: ({ signal }) =>
      ask<AgentDetail>(pathOf(id), { signal }).catch((thrown: unknown) => {
        if (thrown instanceof ApiError && thrown.status === 404) return null;
        throw thrown;
      }),
  });
}

export function useAgentVersions(id: string) {
  return useQuery({
    queryKey: ['agents', id, 'versions'],
    queryFn: ({ signal }) => ask<Page<AgentVersion>>(`${pathOf(id)}/versions?limit=200`, { signal }),
  });
}

/** Asks the engine for the instructions and the problems of a draft. `text`: the draft as JSON, each asked about once. */
export function useAgentPreview(id: string, text: string) {
  return useQuery({
    queryKey: ['agents', id, 'preview', text],
    queryFn: ({ signal }) =>
      ask<AgentPreview>(`${pathOf(id)}/preview`, { method: 'POST', body: JSON.parse(text), signal }),
    placeholderData: (before) => before,
    retry: false,
  });
}

/** Saves a profile, then loads again everything that shows agents. */
export function useSaveAgent(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (document: JsonValue) => ask<AgentProfile>(pathOf(id), { method: 'PUT', body: document }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['agents'] }),
  });
}

/** Gives a draft to the engine, which keeps it for 1 hour. The softphone calls it by the id that is returned. */
export function useDraftAgent(id: string) {
  return useMutation({
    mutationFn: (document: JsonValue) =>
      ask<AgentDraft>(`${pathOf(id)}/draft`, { method: 'POST', body: document }),
  });
}
