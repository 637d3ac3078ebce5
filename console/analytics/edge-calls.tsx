import { Button } from 'react-aria-components';
import { Link } from 'wouter';
import { Failure, Loading } from '../parts/notice.tsx';
import { useCallsThatTook } from './analytics-api.ts';
import { countText } from '../parts/figures.ts';
import { lengthText } from './figures.ts';
import type { Period } from './period.ts';
import type { EdgeTraffic } from './traffic.ts';

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' });

interface EdgeCallsProps {
  readonly traffic: EdgeTraffic;
  readonly period: Period;
  readonly onClose: () => void;
}

/** Lists the calls that took a transition, newest first; each is a link to its page. */
export function EdgeCalls({ traffic, period, onClose }: EdgeCallsProps) {
  const { edge, source, target, count, calls } = traffic;
  return (
    <section className="edge-calls" aria-label="Calls that took the transition">
      <header className="edge-calls-head">
        <div>
          <h2>{edge.label}</h2>
          <p className="label">
            {source === '' ? 'anywhere' : source} {target === null ? '' : `→ ${target}`}
          </p>
        </div>
        <Button className="button" data-kind="plain" onPress={onClose}>
          All transitions
        </Button>
      </header>
      <p className="quiet">
        Taken {countText(count)} times, in {countText(calls)} calls.
        {edge.actions.length > 0 && (
          <>
            {' '}
            Does <code>{edge.actions.join(', ')}</code>.
          </>
        )}
        {edge.note !== null && ` ${edge.note}`}
      </p>
      <CallList id={edge.id} period={period} />
    </section>
  );
}

function CallList({ id, period }: { readonly id: string; readonly period: Period }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useCallsThatTook(
    id,
    period,
  );
  if (error !== null) return <Failure error={error} what="The calls" onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what="the calls" />;
  const items = data.pages.flatMap((page) => page.items);
  return (
    <>
      <ol className="edge-calls-list">
        {items.map(({ callSid, startedAt, from, durationMs }) => (
          <li key={callSid}>
            <Link href={`/calls/${encodeURIComponent(callSid)}`} className="edge-call">
              <time dateTime={startedAt}>{moment.format(new Date(startedAt))}</time>
              <span className="quiet">{from}</span>
              <span className="edge-call-length">{lengthText(durationMs)}</span>
            </Link>
          </li>
        ))}
      </ol>
      {items.length === 0 && <p className="quiet">They are not stored any more.</p>}
      {hasNextPage && (
        <Button className="button" onPress={() => void fetchNextPage()} isDisabled={isFetchingNextPage}>
          {isFetchingNextPage ? 'Loading…' : 'Older calls'}
        </Button>
      )}
    </>
  );
}
