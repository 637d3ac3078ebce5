import { Button } from 'react-aria-components';
import { feed } from '../api/feed.ts';
import './engine-gone.css';

/** Says that the engine does not answer, and that the page shows what was known last. */
export function EngineGone() {
  return (
    <div className="engine-gone" role="alert">
      <p>
        <strong>The engine does not answer.</strong> What is shown is what was known last; nothing can be
        asked of it. This page goes on by itself when it is back.
      </p>
      <Button
        className="button"
        onPress={() => {
          feed.retry();
        }}
      >
        Try now
      </Button>
    </div>
  );
}
