import { Label, TextArea, TextField } from 'react-aria-components';
import type { JsonTrouble } from './json.ts';

interface JsonViewProps {
  readonly text: string;
  readonly trouble: JsonTrouble | undefined;
  readonly onChange: (text: string) => void;
}

/** Edits a profile as JSON text, as in its file. */
export function JsonView({ text, trouble, onChange }: JsonViewProps) {
  return (
    <TextField className="json-view" value={text} onChange={onChange} isInvalid={trouble !== undefined}>
      <Label className="visually-hidden">Profile as JSON</Label>
      <TextArea className="input mono json-text" spellCheck="false" />
      <p className="field-error" role="status">
        {trouble !== undefined && (
          <>
            Line {trouble.line}, column {trouble.column}: {trouble.words}
          </>
        )}
      </p>
    </TextField>
  );
}
