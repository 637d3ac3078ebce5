import { Link } from 'wouter';
import { ApiError } from '../api/request.ts';
import { CallScreen } from '../call/call-screen.tsx';
import { useCallLog } from '../call/call-log.ts';
import { Failure, Loading, Notice } from '../parts/notice.tsx';

/** Shows one call of the engine, live or ended. */
export function CallPage({ callSid }: { readonly callSid: string }) {
  const { shown, error, retry } = useCallLog(callSid);
  if (shown !== undefined) return <CallScreen shown={shown} />;
  if (error instanceof ApiError && error.code === 'NOT_FOUND') {
    return (
      <Notice title="There is no such call">
        It was never here, or it was erased with its caller. <Link href="/">All calls</Link>
      </Notice>
    );
  }
  if (error !== undefined) return <Failure error={error} what="The call" onRetry={retry} />;
  return <Loading what="the call" />;
}
