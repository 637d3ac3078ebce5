import { useState } from 'react';
import { useAgentPreview } from './agents-api.ts';
import { useDraft } from './drafts.ts';
import { type Json, type JsonTrouble, readJson } from './json.ts';
import { problemsOf } from './profile-form.tsx';
import { useSettled } from './use-settled.ts';

/** The engine is asked about a draft when nobody has typed for so long, in ms. */
const PREVIEW_AFTER_MS = 350;

/** JSON as it was typed, and why it cannot be read. */
interface BrokenJson {
  readonly text: string;
  readonly trouble: JsonTrouble;
}

export type ProfileEdits = ReturnType<typeof useProfileEdits>;

/**
 * The draft of a profile, typed as a form or as JSON, with what is wrong in it.
 *
 * @param saved - undefined for an agent that is not there yet.
 * @param onEdit - called before each change: what was said of the last draft is not of this one.
 */
export function useProfileEdits(id: string, saved: Json | undefined, onEdit: () => void) {
  const draft = useDraft(id, saved);
  const [broken, setBroken] = useState<BrokenJson>();
  const text = JSON.stringify(draft.document, null, 2);
  const settled = useSettled(text, PREVIEW_AFTER_MS);
  const preview = useAgentPreview(id, settled);
  const own = problemsOf(draft.document);
  // The engine knows more, such as which tools there are; what it says of an older draft is not of this one.
  const theirs = settled === text && preview.data !== undefined ? preview.data.problems : [];
  const problems = own.length > 0 ? own : theirs;

  const write = (document: Json) => {
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
