import { useInfiniteQuery } from '@tanstack/react-query';
import type { ActName, AuditPage } from '../../src/protocol/console-audit.ts';
import { ask } from '../api/request.ts';

const PAGE_SIZE = 100;

/** Loads what operators did, page after page: one kind of act, or all when undefined. */
export function useAudit(act: ActName | undefined) {
  return useInfiniteQuery({
    queryKey: ['audit', act],
    queryFn: ({ signal, pageParam }) => {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      if (act !== undefined) query.set('act', act);
      if (pageParam !== null) query.set('cursor', pageParam);
      return ask<AuditPage>(`/api/audit?${query.toString()}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: (before) => before,
    // Opening the page loads it again: the viewer wants to see what has just been done.
    staleTime: 0,
  });
}
