import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import type {
  AgentDetail,
  AgentDraft,
  AgentPreview,
  AgentVersion,
} from '../../../protocol/console-agents.ts';
import { ApiError, ask } from '../api/request.ts';
import type { Json } from './json.ts';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

const pathOf = (id: string) => `/api/agents/${encodeURIComponent(id)}`;

/** Every agent, page after page: there are as many as a business has numbers. */
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

/** One agent; null when there is none of that id yet, which is no failure: it may be a new one's. */
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

/** What a draft would be. `text` is the draft as JSON: the same draft is asked for once. */
export function useAgentPreview(id: string, text: string) {
  return useQuery({
    queryKey: ['agents', id, 'preview', text],
    queryFn: ({ signal }) =>
      ask<AgentPreview>(`${pathOf(id)}/preview`, { method: 'POST', body: JSON.parse(text), signal }),
    placeholderData: (before) => before,
    retry: false,
  });
}

/** Saves a profile; whatever shows agents is asked for anew. */
export function useSaveAgent(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (document: Json) => ask<AgentProfile>(pathOf(id), { method: 'PUT', body: document }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['agents'] }),
  });
}

/** Gives a draft to the engine, for an hour: the softphone calls it by the id that comes back. */
export function useDraftAgent(id: string) {
  return useMutation({
    mutationFn: (document: Json) =>
      ask<AgentDraft>(`${pathOf(id)}/draft`, { method: 'POST', body: document }),
  });
}
