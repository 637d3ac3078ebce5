import { CallScreen } from '../call/call-screen.tsx';
import { useCallLog } from '../call/call-log.ts';
import { Failure, Loading } from '../parts/notice.tsx';

/** One call of the engine, live or ended. */
export function CallPage({ callSid }: { readonly callSid: string }) {
  const { shown, error, retry } = useCallLog(callSid);
  if (shown !== undefined) return <CallScreen shown={shown} />;
  if (error !== undefined) return <Failure error={error} what="The call" onRetry={retry} />;
  return <Loading what="the call" />;
}
