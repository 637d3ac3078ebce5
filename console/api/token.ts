import { useSyncExternalStore } from 'react';

/**
 * Keeps the operator's token in this tab's session storage until the tab is closed.
 * It is sent in a header, also when a socket is opened, never in a URL.
 */
const KEY = 'callchart.token';

/** The token, and whether the engine has refused it. An engine on loopback asks for none. */
export interface Access {
  readonly token: string | undefined;
  /** True when the engine asks for a token, or for another one. */
  readonly isRefused: boolean;
}

let access: Access = { token: sessionStorage.getItem(KEY) ?? undefined, isRefused: false };
const listeners = new Set<() => void>();

function change(next: Access): void {
  access = next;
  for (const listener of listeners) listener();
}

export const tokenOf = (): string | undefined => access.token;

/** Keeps the token that the viewer typed. Whoever shows refused requests sends them again. */
export function setToken(token: string): void {
  sessionStorage.setItem(KEY, token);
  change({ token, isRefused: false });
}

/** Notes that the engine answered 401 to a request with `token`. A late answer to an older token changes nothing. */
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
