import { useFeedStatus } from '../api/feed.ts';
import type { FeedStatus } from '../api/feed-client.ts';
import './feed-state.css';

const WORDS: Record<FeedStatus, string> = {
  idle: '',
  connecting: 'Connecting',
  open: 'Live',
  lost: 'Connection lost, trying again',
  refused: 'Token needed',
};

/** Shows the state of the live feed: whether the page is up to date. */
export function FeedState() {
  const status = useFeedStatus();
  return (
    <div className="feed-state" data-status={status}>
      <span role="status">
        {status !== 'idle' && <span className="feed-dot" aria-hidden="true" />}
        {WORDS[status]}
      </span>
    </div>
  );
}
