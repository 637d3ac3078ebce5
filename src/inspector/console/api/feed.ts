import { useEffect, useSyncExternalStore } from 'react';
import { type FeedStatus, type ListWatcher, LiveFeed } from './live-feed.ts';
import { refuseToken, tokenOf } from './token.ts';

/** The page's one live feed. */
export const feed = new LiveFeed({
  connect: ({ onOpen, onText, onClose }) => {
    const socket = new WebSocket(new URL('/api/live', location.href.replace(/^http/, 'ws')));
    socket.addEventListener('open', onOpen);
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') onText(data);
    });
    socket.addEventListener('close', ({ code }) => {
      onClose(code);
    });
    return socket;
  },
  token: tokenOf,
  onRefused: refuseToken,
  setTimeout: (fn, ms) => window.setTimeout(fn, ms),
  clearTimeout: (id) => {
    window.clearTimeout(id);
  },
});

export function useFeedStatus(): FeedStatus {
  return useSyncExternalStore(feed.onStatus, feed.status);
}

/** Calls `onCalls` with every list delta while the component is there. The function must keep its identity. */
export function useLiveList(onCalls: ListWatcher): void {
  useEffect(() => feed.watchList(onCalls), [onCalls]);
}
