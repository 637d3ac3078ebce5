import { Button } from 'react-aria-components';
import { useEngineGone } from '../api/feed.ts';
import { ApiError } from '../api/request.ts';
import { isObject, type JsonValue, valueAt } from './json.ts';

interface EditorHeadProps {
  readonly id: string;
  readonly document: JsonValue;
  readonly isNew: boolean;
  readonly isChanged: boolean;
  /** True while the draft has problems: it can be neither saved nor tried. */
  readonly isBlocked: boolean;
  readonly isSaving: boolean;
  readonly isSaved: boolean;
  readonly failure: Error | null;
  readonly onDiscard: () => void;
  readonly onSave: () => void;
  readonly onTry: () => void;
}

/** Shows the name of the agent and whether its draft has changes, with the buttons to save, try or discard it. */
export function EditorHead(props: EditorHeadProps) {
  const { id, document, isNew, isChanged, isBlocked, isSaving, isSaved, failure } = props;
  const isGone = useEngineGone();
  const name = isObject(document) ? valueAt(document, ['business', 'name']) : undefined;
  return (
    <header className="editor-head">
      <div className="editor-title">
        <h1>{typeof name === 'string' && name !== '' ? name : id}</h1>
        <code className="quiet">{id}</code>
        <span className="editor-state" role="status">
          {stateOf({ isNew, isChanged, isSaving, isSaved })}
        </span>
      </div>
      <div className="editor-actions">
        {isChanged && (
          <Button className="button" data-kind="plain" onPress={props.onDiscard} isDisabled={isSaving}>
            Discard
          </Button>
        )}
        <Button className="button" onPress={props.onTry} isDisabled={isBlocked || isGone}>
          Try on the softphone
        </Button>
        <Button
          className="button"
          data-kind="primary"
          onPress={props.onSave}
          isDisabled={isBlocked || isSaving || !isChanged || isGone}
        >
          Save
        </Button>
      </div>
      {failure !== null && (
        <div className="editor-failure" role="alert">
          {failure.message}
          {failure instanceof ApiError &&
            failure.problems.map(({ path, message }) => (
              <p key={path}>
                <code>{path}</code> {message}
              </p>
            ))}
        </div>
      )}
      <p className="editor-note label">
        New calls take a saved profile at once. A call that is under way keeps the version it began with.
      </p>
    </header>
  );
}

type Standing = Pick<EditorHeadProps, 'isNew' | 'isChanged' | 'isSaving' | 'isSaved'>;

function stateOf({ isNew, isChanged, isSaving, isSaved }: Standing): string {
  if (isSaving) return 'Saving…';
  if (isNew) return 'Not saved yet';
  if (isChanged) return 'Draft, not saved';
  return isSaved ? 'Saved' : '';
}
