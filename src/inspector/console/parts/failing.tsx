import { useQuery } from '@tanstack/react-query';
import type { CallPage, ShownFailure } from '../../../protocol/console-calls.ts';
import { ask } from '../api/request.ts';
import { failureNow } from './failure-now.ts';
import './failing.css';

/** How soon a failure is shown, and how soon it is gone. */
const LOOK_EVERY_MS = 5000;
/** Calls in progress that are not through yet stand before the last one that is decided. */
const LOOKED_AT = 20;

/** Says that calls fail now, why, and what to do; nothing as long as they do not. */
export function CallsFailing() {
  const { data } = useQuery({
    queryKey: ['calls', 'failing'],
    queryFn: ({ signal }) => ask<CallPage>(`/api/calls?limit=${String(LOOKED_AT)}`, { signal }),
    refetchInterval: LOOK_EVERY_MS,
  });
  const failure = failureNow(data?.items ?? []);
  return failure === null ? null : <FailureBanner what="Calls fail" failure={failure} />;
}

interface FailureBannerProps {
  /** What fails, as the beginning of a sentence. */
  readonly what: string;
  readonly failure: ShownFailure;
}

export function FailureBanner({ what, failure: { code, cause, text, remedy } }: FailureBannerProps) {
  return (
    <div className="failing" role="alert">
      <p>
        <strong>{what}:</strong> {text} <code>{cause === null ? code : `${code} ${cause}`}</code>
      </p>
      {remedy !== null && <p className="failing-remedy">{sentenceOf(remedy)}</p>}
    </div>
  );
}

const sentenceOf = (remedy: string) => `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}.`;
