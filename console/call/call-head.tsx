import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { CallDetail } from '../../src/protocol/console-calls.ts';
import { clockText, dayTimeText, fullTimeText, wordsOf } from '../parts/figures.ts';
import { partyText } from '../parts/call-name.ts';
import { StateChip } from '../parts/state-chip.tsx';
import { TestMark } from '../parts/test-mark.tsx';
import './call-head.css';

interface CallHeadProps {
  readonly call: CallDetail;
  /** The full path of the state after the row that is looked at. */
  readonly path: string;
  /** The end of the call, or the present while it is live; ms since the Unix epoch. */
  readonly endAt: number;
  /** Whether the call is in progress. */
  readonly isLive: boolean;
  /** No process has it, and the log's last row is looked at. */
  readonly isAwaited: boolean;
  readonly children?: ReactNode;
}

/** Shows which call it is and its state, with the buttons for it. */
export function CallHead({ call, path, endAt, isLive, isAwaited, children }: CallHeadProps) {
  const startedAt = Date.parse(call.startedAt);
  const isInbound = call.direction === 'inbound';
  return (
    <header className="call-head">
      <Link href="/" className="call-back" aria-label="All calls">
        ←
      </Link>
      <h1 className="call-numbers">
        {partyText(call.from)}
        <span aria-hidden="true" className="quiet">
          {' → '}
        </span>
        <span className="visually-hidden">called</span>
        {partyText(call.to)}
        <time className="quiet call-began" dateTime={call.startedAt} title={fullTimeText(startedAt)}>
          {dayTimeText(startedAt)}
        </time>
      </h1>
      {call.isTest && <TestMark />}
      <StateChip path={path} isAwaited={isAwaited} />
      <span className="call-length" data-live={isLive || undefined}>
        {clockText(endAt - startedAt)}
      </span>
      <span className="quiet call-facts">
        <span>{isInbound ? 'inbound' : 'outbound'}</span>
        <span>{call.agentId}</span>
        {call.endReason !== null && <strong>{wordsOf(call.endReason)}</strong>}
      </span>
      <div className="call-actions">{children}</div>
    </header>
  );
}
