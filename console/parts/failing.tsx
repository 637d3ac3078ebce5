import { useQuery } from '@tanstack/react-query';
import type { CallPage, ShownFailure } from '../../src/protocol/console-calls.ts';
import { ask } from '../api/request.ts';
import { failureNow } from './failure-now.ts';
import './failing.css';

/** How often calls are checked for a failure, in ms. */
const LOOK_EVERY_MS = 5000;
/** How many of the newest calls are checked: those that still connect come before the last one with an outcome. */
const LOOKED_AT = 20;

/** Says that calls fail now, why, and what to do. Hidden while they do not fail. */
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
