import { useState } from 'react';
import { isSame, type JsonValue } from './json.ts';

const keyOf = (id: string) => `callchart.draft.${id}`;

/** The draft that this tab keeps while the viewer looks at another page or reloads. Undefined when there is none. */
export function keptDraft(id: string): JsonValue | undefined {
  const text = sessionStorage.getItem(keyOf(id));
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

export function keepDraft(id: string, document: JsonValue): void {
  sessionStorage.setItem(keyOf(id), JSON.stringify(document));
}

function dropDraft(id: string): void {
  sessionStorage.removeItem(keyOf(id));
}

export interface OpenDraft {
  readonly document: JsonValue;
  readonly isChanged: boolean;
  readonly write: (document: JsonValue) => void;
  /** Drops the draft: the saved profile is shown again. */
  readonly discard: () => void;
}

/** Holds the draft of an agent. @param saved - the saved profile; undefined for a new agent. */
export function useDraft(id: string, saved: JsonValue | undefined): OpenDraft {
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
