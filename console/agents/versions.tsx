import { useState } from 'react';
import { Button } from 'react-aria-components';
import { Failure, Loading } from '../parts/notice.tsx';
import { useAgentVersions } from './agents-api.ts';
import { ChangeTable } from './change-table.tsx';
import { changesBetween } from './changes.ts';
import type { JsonValue } from './json.ts';

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

interface VersionsProps {
  readonly id: string;
  readonly document: JsonValue;
  /** Makes an older version the draft. */
  readonly onTake: (document: JsonValue) => void;
}

/** Lists the saved versions, newest first, and shows how each differs from the draft. */
export function Versions({ id, document, onTake }: VersionsProps) {
  const { data, error, refetch } = useAgentVersions(id);
  const [chosen, setChosen] = useState(0); // By position: two equal versions have the same fingerprint.
  if (error !== null) return <Failure error={error} what="The versions" onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="the versions" />;
  const version = data.items[chosen] ?? data.items[0];
  if (version === undefined) return <p className="quiet">Nothing was saved here yet.</p>;
  const written = version.written as JsonValue;
  const changes = changesBetween(written, document);
  const savedAt = moment.format(new Date(version.savedAt));

  return (
    <div className="versions">
      <ol className="version-list" aria-label="Versions, newest first">
        {data.items.map((item, index) => (
          <li key={index}>
            <Button
              className="version"
              {...(item === version && { 'data-chosen': true, 'aria-current': true })}
              onPress={() => {
                setChosen(index);
              }}
            >
              <time dateTime={item.savedAt}>{moment.format(new Date(item.savedAt))}</time>
              <span className="label">
                {item.isCurrent ? 'in force' : ''} <code>{item.version.slice(0, 8)}</code>
              </span>
            </Button>
          </li>
        ))}
      </ol>
      <section className="version-changes" aria-label="What the draft changes">
        <header>
          <h2>From {savedAt} to the draft</h2>
          <Button
            className="button"
            isDisabled={changes.length === 0}
            onPress={() => {
              onTake(written);
            }}
          >
            Take this version into the draft
          </Button>
        </header>
        <ChangeTable changes={changes} before={savedAt} after="Draft" />
      </section>
    </div>
  );
}
