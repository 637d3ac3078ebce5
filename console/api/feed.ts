import { useEffect, useSyncExternalStore } from 'react';
import { protocolsWith } from '../../src/protocol/socket-token.ts';
import { type FeedStatus, type ListWatcher, FeedClient } from './feed-client.ts';
import { ApiError, ask } from './request.ts';
import { tokenOf } from './token.ts';

/** The live feed of the page; there is one. */
export const feed = new FeedClient({
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
  // On a 401, `ask` has the viewer asked for a token.
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

/** Whether the engine has stopped answering. Buttons that need it are disabled meanwhile. */
export function useEngineGone(): boolean {
  return useSyncExternalStore(feed.onStatus, feed.isGone);
}

/** Keeps the feed open while the component is mounted, so that the page knows whether the engine answers. */
export function usePresence(): void {
  useEffect(() => feed.watchList(() => undefined), []);
}

/** Calls `onCalls` with every change of the list of live calls while mounted. Pass the same function each time. */
export function useLiveList(onCalls: ListWatcher): void {
  useEffect(() => feed.watchList(onCalls), [onCalls]);
}
