import { useState } from 'react';
import { Button } from 'react-aria-components';
import { ACTS, type ActName } from '../../src/protocol/console-audit.ts';
import { ACT_WORDS } from '../audit/act-words.ts';
import { useAudit } from '../audit/audit-api.ts';
import { AuditTable } from '../audit/audit-table.tsx';
import { useEngineGone } from '../api/feed.ts';
import { Choice } from '../parts/choice.tsx';
import { useTitle } from '../parts/use-title.ts';
import { Failure, Loading, Notice } from '../parts/notice.tsx';
import '../audit/audit.css';

/** The id of the choice "all acts": a choice cannot have an empty id. */
const ALL = 'all';
const CHOICES = [
  { id: ALL, label: 'Everything' },
  ...ACTS.map((act) => ({ id: act, label: ACT_WORDS[act] })),
];

/** Shows what operators did: who, what, when, to what, from where, and with what result. */
export function AuditPage() {
  useTitle('Audit');
  const isGone = useEngineGone();
  const [act, setAct] = useState<ActName>();
  const { data, error, hasNextPage, isFetching, isPlaceholderData, fetchNextPage, refetch } = useAudit(act);
  const rows = data?.pages.flatMap(({ items }) => items) ?? [];

  return (
    <div className="audit">
      <header className="audit-head">
        <h1>Audit</h1>
        <Choice
          label="What was done"
          items={CHOICES}
          value={act ?? ALL}
          onChange={(id) => {
            setAct(ACTS.find((name) => name === id));
          }}
        />
        <Button className="button" isDisabled={isGone} onPress={() => void refetch()}>
          Look again
        </Button>
      </header>
      {error !== null ? (
        <Failure error={error} what="The audit trail" onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading what="the audit trail" />
      ) : rows.length === 0 ? (
        <Notice title="Nobody has done that yet">
          Commands to calls, erasures, exports with words, recordings that were played and changes of agents
          are written down here, and kept for 400 days.
        </Notice>
      ) : (
        <div
          className="audit-pane"
          role="region"
          aria-label="Acts"
          tabIndex={0}
          aria-busy={isPlaceholderData}
        >
          <AuditTable rows={rows} />
          {hasNextPage && (
            <p className="audit-more">
              <Button className="button" isDisabled={isFetching} onPress={() => void fetchNextPage()}>
                Older ones
              </Button>
            </p>
          )}
        </div>
      )}
    </div>
  );
}
