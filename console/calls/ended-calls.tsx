import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { CallItem } from '../../src/protocol/console-calls.ts';
import { hashOf } from '../timeline/moment.ts';
import { FoundWords, useHits } from './found-words.tsx';
import type { Hits } from './hits.ts';
import { useMedia } from '../parts/use-media.ts';
import { partyText } from '../parts/call-name.ts';
import { TestMark } from '../parts/test-mark.tsx';
import { clockText, dayTimeText, fullTimeText, NOTHING, wordsOf } from '../parts/figures.ts';

interface EndedCallsProps {
  readonly calls: readonly CallItem[];
  readonly hasMore: boolean;
  readonly isFetching: boolean;
  readonly onMore: () => void;
  /** The searched words; empty for no search. */
  readonly q: string;
}

const ROW_PX = 34;
/** The height of a call in px on a narrow screen, where it takes two lines. */
const NARROW_ROW_PX = 46;
/** The height of the line with the found words, in px. */
const HIT_PX = 22;
const NARROW = '(max-width: 820px)';
/** The next page is loaded when the viewer is so many rows before the end. */
const AHEAD = 30;

const BAD_ENDS = new Set(['failed', 'lost']);

/** Lists ended calls, newest first. Only the rows in sight are drawn, however many calls there are. */
export function EndedCalls({ calls, hasMore, isFetching, onMore, q }: EndedCallsProps) {
  const pane = useRef<HTMLDivElement>(null);
  const isSearch = q.trim() !== '';
  const rowPx = (useMedia(NARROW) ? NARROW_ROW_PX : ROW_PX) + (isSearch ? HIT_PX : 0);
  const virtual = useVirtualizer({
    count: calls.length,
    getScrollElement: () => pane.current,
    estimateSize: () => rowPx,
    overscan: 10,
  });
  useEffect(() => {
    virtual.measure();
  }, [virtual, rowPx]);
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isFetching && lastSeen >= calls.length - AHEAD) onMore();
  }, [hasMore, isFetching, lastSeen, calls.length, onMore]);

  return (
    <div className="calls-ended">
      <div className="calls-row calls-columns" aria-hidden="true">
        <span>Ended because</span>
        <span>From, to</span>
        <span>Agent</span>
        <span>Barge-ins</span>
        <span>Tools</span>
        <span>Began</span>
        <span className="calls-length">Length</span>
      </div>
      <div ref={pane} className="calls-pane" role="list" aria-label="Ended calls" tabIndex={0}>
        <div role="presentation" className="calls-tall" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const call = calls[index];
            return call === undefined ? null : (
              <div
                key={call.callSid}
                role="listitem"
                className="calls-item"
                aria-posinset={index + 1}
                aria-setsize={hasMore ? -1 : calls.length}
                style={{ top: start, height: rowPx }}
              >
                <EndedCall call={call} q={q} />
              </div>
            );
          })}
        </div>
        {isFetching && (
          <p className="calls-more quiet" role="status">
            Loading more…
          </p>
        )}
      </div>
    </div>
  );
}

function EndedCall({ call, q }: { readonly call: CallItem; readonly q: string }) {
  const hits = useHits(call.callSid, q);
  const startedAt = Date.parse(call.startedAt);
  const reason = call.endReason ?? 'ended';
  return (
    <Link href={`/calls/${call.callSid}${momentOf(hits, startedAt)}`} className="calls-row">
      <span className="calls-reason" data-bad={BAD_ENDS.has(reason) || undefined}>
        {wordsOf(reason)}
      </span>
      <span className="calls-numbers">
        {partyText(call.from)} <span className="quiet">→ {partyText(call.to)}</span>{' '}
        {call.isTest && <TestMark />}
      </span>
      <span className="quiet calls-agent">{call.agentId}</span>
      <Count count={call.bargeIns} words="barge-ins" />
      <Count count={call.toolCalls} words="tool calls" />
      <time className="quiet calls-began" dateTime={call.startedAt} title={fullTimeText(startedAt)}>
        {dayTimeText(startedAt)}
      </time>
      <span className="calls-length">{call.durationMs === null ? NOTHING : clockText(call.durationMs)}</span>
      {hits !== undefined && <FoundWords hits={hits} />}
    </Link>
  );
}

/** The hash of the address at which the searched words were said: a call that was found opens there. */
const momentOf = (hits: Hits | undefined, startedAt: number): string =>
  hits === undefined ? '' : hashOf(Date.parse(hits.at) - startedAt);

function Count({ count, words }: { readonly count: number | null; readonly words: string }) {
  return (
    <span className={count === null || count === 0 ? 'calls-zero' : undefined}>
      {count ?? NOTHING}
      <span className="visually-hidden"> {words}</span>
    </span>
  );
}
