import { useSyncExternalStore } from 'react';

/**
 * The operator's token. It stands in this tab's session storage until the tab
 * is closed, and travels in a header or in the first message of a socket, never in a URL.
 */
const KEY = 'callchart.token';

/** `unknown` until the engine has refused a request: a loopback engine asks for none. */
export interface Access {
  readonly token: string | undefined;
  /** The engine asks for a token, or for another one. */
  readonly isRefused: boolean;
}

let access: Access = { token: sessionStorage.getItem(KEY) ?? undefined, isRefused: false };
const listeners = new Set<() => void>();

function change(next: Access): void {
  access = next;
  for (const listener of listeners) listener();
}

export const tokenOf = (): string | undefined => access.token;

/** Takes what the viewer typed; requests that were refused are asked again by whoever shows them. */
export function setToken(token: string): void {
  sessionStorage.setItem(KEY, token);
  change({ token, isRefused: false });
}

/** The engine answered 401 to a request that carried `token`. A late answer to an older token changes nothing. */
export function refuseToken(token: string | undefined): void {
  if (token === access.token && !access.isRefused) change({ ...access, isRefused: true });
}

export function useAccess(): Access {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => access,
  );
}
