import { useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useLocation } from 'wouter';
import { Failure, Loading, Notice } from '../parts/notice.tsx';
import { useAgent, useAgentPreview, useDraftAgent, useSaveAgent } from './agents-api.ts';
import { useDraft } from './drafts.ts';
import { EditorHead } from './editor-head.tsx';
import { type Json, type JsonTrouble, readJson } from './json.ts';
import { JsonView } from './json-view.tsx';
import { Preview } from './preview.tsx';
import { ProblemList } from './problem-list.tsx';
import { problemsOf, ProfileForm } from './profile-form.tsx';
import { useSettled } from './use-settled.ts';
import { Versions } from './versions.tsx';
import './agent-editor.css';

/** The engine is asked about a draft when nobody has typed for so long, in ms. */
const PREVIEW_AFTER_MS = 350;

/** One agent: its profile as it is saved, and the draft that is being made of it. */
export function AgentEditor({ id }: { readonly id: string }) {
  const { data, error, refetch } = useAgent(id);
  if (error !== null) return <Failure error={error} what="The agent" onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="the agent" />;
  return <Editor key={id} id={id} saved={data?.written as Json | undefined} />;
}

interface EditorProps {
  readonly id: string;
  /** Undefined for an agent that is not there yet. */
  readonly saved: Json | undefined;
}

function Editor({ id, saved }: EditorProps) {
  const draft = useDraft(id, saved);
  const [broken, setBroken] = useState<{ readonly text: string; readonly trouble: JsonTrouble }>();
  const [, navigate] = useLocation();
  const save = useSaveAgent(id);
  const tryOut = useDraftAgent(id);
  const text = JSON.stringify(draft.document, null, 2);
  const settled = useSettled(text, PREVIEW_AFTER_MS);
  const preview = useAgentPreview(id, settled);
  const own = problemsOf(draft.document);
  // The engine knows more, such as which tools there are; what it says of an older draft is not of this one.
  const theirs = settled === text && preview.data !== undefined ? preview.data.problems : [];
  const problems = own.length > 0 ? own : theirs;
  const isBlocked = broken !== undefined || problems.length > 0;

  const write = (document: Json) => {
    save.reset();
    setBroken(undefined);
    draft.write(document);
  };

  return (
    <article className="editor" aria-label={`Agent ${id}`}>
      <EditorHead
        id={id}
        document={draft.document}
        isNew={saved === undefined}
        isChanged={draft.isChanged}
        isBlocked={isBlocked}
        isSaving={save.isPending}
        isSaved={save.isSuccess && !draft.isChanged}
        failure={save.error ?? tryOut.error}
        onDiscard={() => {
          save.reset();
          setBroken(undefined);
          draft.discard();
        }}
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
      <ProblemList problems={problems} />
      <Tabs className="editor-tabs">
        <TabList className="tabs" aria-label="Views of the profile">
          <Tab id="form" className="tab">
            Form
          </Tab>
          <Tab id="json" className="tab">
            JSON
          </Tab>
          <Tab id="preview" className="tab">
            Instructions
          </Tab>
          <Tab id="versions" className="tab">
            Versions
          </Tab>
        </TabList>
        <TabPanel id="form" className="tab-panel">
          {broken === undefined ? (
            <ProfileForm document={draft.document} problems={problems} onChange={write} />
          ) : (
            <Notice title="The JSON cannot be read">
              The form is here again when it can: line {broken.trouble.line}, column {broken.trouble.column}.
            </Notice>
          )}
        </TabPanel>
        <TabPanel id="json" className="tab-panel">
          <JsonView
            text={broken?.text ?? text}
            trouble={broken?.trouble}
            onChange={(next) => {
              const read = readJson(next);
              if ('json' in read) write(read.json);
              else setBroken({ text: next, trouble: read.trouble });
            }}
          />
        </TabPanel>
        <TabPanel id="preview" className="tab-panel">
          {preview.error !== null && <Failure error={preview.error} what="The instructions" />}
          {preview.data !== undefined && <Preview preview={preview.data} />}
        </TabPanel>
        <TabPanel id="versions" className="tab-panel">
          <Versions id={id} document={draft.document} onTake={write} />
        </TabPanel>
      </Tabs>
    </article>
  );
}
