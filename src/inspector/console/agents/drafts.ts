import { useState } from 'react';
import { isSame, type Json } from './json.ts';

const keyOf = (id: string) => `callchart.draft.${id}`;

/** A draft of this tab: what is typed survives a look at another page, and a reload. Undefined when there is none. */
export function keptDraft(id: string): Json | undefined {
  const text = sessionStorage.getItem(keyOf(id));
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

export function keepDraft(id: string, document: Json): void {
  sessionStorage.setItem(keyOf(id), JSON.stringify(document));
}

function dropDraft(id: string): void {
  sessionStorage.removeItem(keyOf(id));
}

export interface Draft {
  readonly document: Json;
  readonly isChanged: boolean;
  readonly write: (document: Json) => void;
  /** Back to what is saved. */
  readonly discard: () => void;
}

/** @param saved - what the engine has; undefined for an agent that is not there yet. */
export function useDraft(id: string, saved: Json | undefined): Draft {
  const [kept, setKept] = useState(() => keptDraft(id));
  const document = kept ?? saved ?? { id };
  return {
    document,
    isChanged: kept !== undefined && !isSame(kept, saved),
    write: (next) => {
      keepDraft(id, next);
      setKept(next);
    },
    discard: () => {
      dropDraft(id);
      setKept(undefined);
    },
  };
}
