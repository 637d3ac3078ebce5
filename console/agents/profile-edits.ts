import { useState } from 'react';
import { useAgentPreview } from './agents-api.ts';
import { useDraft } from './drafts.ts';
import { type JsonValue, type JsonTrouble, readJson } from './json.ts';
import { problemsOf } from './profile-form.tsx';
import { useSettled } from './use-settled.ts';

/** Time without typing after which the engine is asked about the draft, in ms. */
const PREVIEW_AFTER_MS = 350;

/** Typed text that is not valid JSON, and why. */
interface BrokenJson {
  readonly text: string;
  readonly trouble: JsonTrouble;
}

export type ProfileEdits = ReturnType<typeof useProfileEdits>;

/**
 * Holds the draft of a profile, which is edited as a form or as JSON, and its problems.
 *
 * @param saved - the saved profile; undefined for a new agent.
 * @param onEdit - called before each change, to remove messages about the draft before it.
 */
export function useProfileEdits(id: string, saved: JsonValue | undefined, onEdit: () => void) {
  const draft = useDraft(id, saved);
  const [broken, setBroken] = useState<BrokenJson>();
  const text = JSON.stringify(draft.document, null, 2);
  const settled = useSettled(text, PREVIEW_AFTER_MS);
  const preview = useAgentPreview(id, settled);
  const own = problemsOf(draft.document);
  // The engine finds more problems, such as a tool that does not exist. Its answer about an older draft is not shown.
  const theirs = settled === text && preview.data !== undefined ? preview.data.problems : [];
  const problems = own.length > 0 ? own : theirs;

  const write = (document: JsonValue) => {
    onEdit();
    setBroken(undefined);
    draft.write(document);
  };

  return {
    draft,
    text,
    broken,
    preview,
    problems,
    isBlocked: broken !== undefined || problems.length > 0,
    write,
    writeText: (next: string) => {
      const read = readJson(next);
      if ('json' in read) write(read.json);
      else setBroken({ text: next, trouble: read.trouble });
    },
    discard: () => {
      onEdit();
      setBroken(undefined);
      draft.discard();
    },
  };
}
