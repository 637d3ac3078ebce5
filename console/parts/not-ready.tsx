import { useQuery } from '@tanstack/react-query';
import { ApiError, ask } from '../api/request.ts';
import './failing.css';

/** How often the engine is asked, in ms. */
const LOOK_EVERY_MS = 5000;

/** Says that the engine takes no new call, and why: its journal, or the model, refuses. Hidden while it does. */
export function NotReady() {
  const { data: why } = useQuery({
    queryKey: ['readyz'],
    queryFn: ({ signal }) => whyNotReady(signal),
    refetchInterval: LOOK_EVERY_MS,
  });
  if (why === undefined || why === null) return null;
  return (
    <div className="failing" role="alert">
      <p>
        <strong>New calls are not taken:</strong> {why}.
      </p>
    </div>
  );
}

/** Null while it is ready, or does not answer: that is said elsewhere. */
async function whyNotReady(signal: AbortSignal): Promise<string | null> {
  try {
    await ask('/readyz', { signal });
    return null;
  } catch (thrown) {
    if (thrown instanceof ApiError && thrown.status === 503) return thrown.message;
    return null;
  }
}
