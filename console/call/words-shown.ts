import { useSyncExternalStore } from 'react';

/** The key of session storage that says whether words are shown, in every call, until the tab is closed. */
const KEY = 'callchart.words';
const SHOWN = 'shown';

let areShown = sessionStorage.getItem(KEY) === SHOWN;
const listeners = new Set<() => void>();

function showWords(isAsked: boolean): void {
  areShown = isAsked;
  if (isAsked) sessionStorage.setItem(KEY, SHOWN);
  else sessionStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}

/** Shows the words of calls everywhere on the page. `protocol/word-mask.ts` says what counts as words. */
export const reveal = (): void => {
  showWords(true);
};

export const hide = (): void => {
  showWords(false);
};

export function useWordsShown(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    () => areShown,
  );
}
