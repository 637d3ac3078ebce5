import { type FeedListener, listenerOf, type StoredEntry } from '../../protocol/call-feed.ts';
import { BARGE_IN } from '../../protocol/speaking.ts';
import { CallLosses } from './call-losses.ts';
import { CallWaits } from './call-waits.ts';
import type { Metrics } from './metrics.ts';

type CallMetrics = Pick<
  Metrics,
  | 'callStarted'
  | 'callResumed'
  | 'callHandedOver'
  | 'callEnded'
  | 'callFailing'
  | 'bargedIn'
  | 'modelReplaced'
  | 'modelRotated'
  | 'streamReplaced'
  | 'took'
>;

/** What the calls' figures are told apart by. */
interface CallKind {
  readonly direction: 'inbound' | 'outbound';
  readonly isTest: boolean;
}

/**
 * Which entry of a call's feed moves which metric. The histograms of waits have a table of their own (call-waits.ts), and
 * so has what was lost (call-losses.ts).
 *
 * @param before - what earlier processes wrote of the call.
 */
export function callMetrics(
  metrics: CallMetrics,
  { direction, isTest }: CallKind,
  before: readonly StoredEntry[] = [],
): FeedListener {
  const waits = new CallWaits(metrics);
  const losses = new CallLosses(metrics, before);
  const count = listenerOf({
    'call.began': () => {
      metrics.callStarted(direction, isTest);
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
    losses.take(entry);
  };
}
