import { useLocation } from 'wouter';
import { Failure, Loading } from '../parts/notice.tsx';
import { useAgent, useDraftAgent, useSaveAgent } from './agents-api.ts';
import { EditorHead } from './editor-head.tsx';
import { EditorTabs } from './editor-tabs.tsx';
import type { JsonValue } from './json.ts';
import { ProblemList } from './problem-list.tsx';
import { useProfileEdits } from './profile-edits.ts';
import './agent-editor.css';

/** Shows one agent: its saved profile, and the draft that the viewer edits. */
export function AgentEditor({ id }: { readonly id: string }) {
  const { data, error, refetch } = useAgent(id);
  if (error !== null) return <Failure error={error} what="The agent" onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="the agent" />;
  return <Editor key={id} id={id} saved={data?.written as JsonValue | undefined} />;
}

interface EditorProps {
  readonly id: string;
  /** Undefined for a new agent, which is not saved yet. */
  readonly saved: JsonValue | undefined;
}

function Editor({ id, saved }: EditorProps) {
  const [, navigate] = useLocation();
  const save = useSaveAgent(id);
  const tryOut = useDraftAgent(id);
  const edits = useProfileEdits(id, saved, save.reset);
  const { draft } = edits;

  return (
    <article className="editor" aria-label={`Agent ${id}`}>
      <EditorHead
        id={id}
        document={draft.document}
        isNew={saved === undefined}
        isChanged={draft.isChanged}
        isBlocked={edits.isBlocked}
        isSaving={save.isPending}
        isSaved={save.isSuccess && !draft.isChanged}
        failure={save.error ?? tryOut.error}
        onDiscard={edits.discard}
        onSave={() => {
          save.mutate(draft.document, { onSuccess: draft.discard });
        }}
        onTry={() => {
          tryOut.mutate(draft.document, {
            onSuccess: ({ draftId }) => {
              navigate(`/softphone?agent=${encodeURIComponent(id)}&draft=${encodeURIComponent(draftId)}`);
            },
          });
        }}
      />
      <ProblemList problems={edits.problems} />
      <EditorTabs id={id} edits={edits} />
    </article>
  );
}
