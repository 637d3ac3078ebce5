import { useEffect, useSyncExternalStore } from 'react';
import { protocolsWith } from '../../../protocol/socket-token.ts';
import { type FeedStatus, type ListWatcher, LiveFeed } from './live-feed.ts';
import { ApiError, ask } from './request.ts';
import { tokenOf } from './token.ts';

/** The page's one live feed. */
export const feed = new LiveFeed({
  connect: ({ onOpen, onText, onClose }) => {
    const url = new URL('/api/live', location.href.replace(/^http/, 'ws'));
    const socket = new WebSocket(url, protocolsWith(tokenOf()));
    socket.addEventListener('open', onOpen);
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') onText(data);
    });
    socket.addEventListener('close', onClose);
    return socket;
  },
  // A 401 asks the viewer for a token by itself.
  isRefused: () =>
    ask('/api/calls?limit=1').then(
      () => false,
      (thrown: unknown) => thrown instanceof ApiError && thrown.status === 401,
    ),
  setTimeout: (fn, ms) => window.setTimeout(fn, ms),
  clearTimeout: (id) => {
    window.clearTimeout(id);
  },
});

export function useFeedStatus(): FeedStatus {
  return useSyncExternalStore(feed.onStatus, feed.status);
}

/** Whether the engine does not answer: what it is asked for is offered again when it does. */
export function useEngineGone(): boolean {
  return useSyncExternalStore(feed.onStatus, feed.isGone);
}

/** Keeps the feed open while the component is there, so that the page knows whether the engine answers. */
export function usePresence(): void {
  useEffect(() => feed.watchList(() => undefined), []);
}

/** Calls `onCalls` with every list delta while the component is there. The function must keep its identity. */
export function useLiveList(onCalls: ListWatcher): void {
  useEffect(() => feed.watchList(onCalls), [onCalls]);
}
