import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { Failure, Notice } from '../parts/notice.tsx';
import { JsonView } from './json-view.tsx';
import { Preview } from './preview.tsx';
import type { ProfileEdits } from './profile-edits.ts';
import { ProfileForm } from './profile-form.tsx';
import { Versions } from './versions.tsx';

interface EditorTabsProps {
  readonly id: string;
  readonly edits: ProfileEdits;
}

/** Shows a draft in four tabs: as a form, as JSON, as the instructions that a model gets, and compared with saved versions. */
export function EditorTabs({ id, edits }: EditorTabsProps) {
  const { draft, text, broken, preview, problems, write, writeText } = edits;
  return (
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
        <JsonView text={broken?.text ?? text} trouble={broken?.trouble} onChange={writeText} />
      </TabPanel>
      <TabPanel id="preview" className="tab-panel">
        {preview.error !== null && <Failure error={preview.error} what="The instructions" />}
        {preview.data !== undefined && <Preview preview={preview.data} />}
      </TabPanel>
      <TabPanel id="versions" className="tab-panel">
        <Versions id={id} document={draft.document} onTake={write} />
      </TabPanel>
    </Tabs>
  );
}
