import { type FeedListener, listenerOf } from '../../protocol/call-feed.ts';
import { BARGE_IN } from '../../protocol/speaking.ts';
import { CallWaits } from './call-waits.ts';
import type { Metrics } from './metrics.ts';

type CallMetrics = Pick<
  Metrics,
  | 'callStarted'
  | 'callResumed'
  | 'callEnded'
  | 'callFailing'
  | 'bargedIn'
  | 'modelReplaced'
  | 'modelRotated'
  | 'took'
>;

/** What the calls' figures are told apart by. */
interface CallKind {
  readonly direction: 'inbound' | 'outbound';
  readonly isTest: boolean;
}

/** Which entry of a call's feed moves which metric. The histograms of waits have a table of their own (call-waits.ts). */
export function callMetrics(metrics: CallMetrics, { direction, isTest }: CallKind): FeedListener {
  const waits = new CallWaits(metrics);
  const count = listenerOf({
    'call.began': () => {
      metrics.callStarted(direction, isTest);
    },
    'call.resumed': () => {
      metrics.callResumed();
    },
    'call.ended': ({ body }) => {
      metrics.callEnded(body.reason, isTest);
    },
    'call.failing': ({ body }) => {
      metrics.callFailing(body.error.code);
    },
    'model.rotated': () => {
      metrics.modelRotated();
    },
    [BARGE_IN]: () => {
      metrics.bargedIn();
    },
  });
  return (entry) => {
    count(entry);
    waits.take(entry);
  };
}
