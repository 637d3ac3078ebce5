import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { ApiError } from '../api/request.ts';
import './notice.css';

interface NoticeProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: { readonly label: string; readonly onPress: () => void };
  readonly tone?: 'calm' | 'bad';
}

/** Shows a message in place of a list or a page: nothing yet, nothing found, or what went wrong and what to do. */
export function Notice({ title, children, action, tone = 'calm' }: NoticeProps) {
  return (
    <div className="notice" data-tone={tone} role={tone === 'bad' ? 'alert' : undefined}>
      <p className="notice-title">{title}</p>
      {children !== undefined && <div className="notice-text">{children}</div>}
      {action !== undefined && (
        <Button className="button" onPress={action.onPress}>
          {action.label}
        </Button>
      )}
    </div>
  );
}

/** Says that something is loading. Invisible for the first moment, so that quick answers do not flicker. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <div className="loading" role="status">
      <span className="loading-bar" aria-hidden="true" />
      Loading {what}…
    </div>
  );
}

interface FailureProps {
  readonly error: unknown;
  /** What could not be loaded, as in "The calls could not be loaded". */
  readonly what: string;
  readonly onRetry?: () => void;
}

export function Failure({ error, what, onRetry }: FailureProps) {
  const detail = error instanceof Error ? error.message : 'Something unexpected happened.';
  const code = error instanceof ApiError && error.status > 0 ? error.code : undefined;
  return (
    <Notice
      tone="bad"
      title={`${what} could not be loaded`}
      {...(onRetry !== undefined && { action: { label: 'Try again', onPress: onRetry } })}
    >
      {detail}
      {code !== undefined && <code className="notice-code">{code}</code>}
    </Notice>
  );
}
