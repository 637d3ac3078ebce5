import type { Log } from '../../log.ts';
import type { DoorRefusal, TellRefusal } from '../sockets/refusal.ts';
import type { Metrics } from './metrics.ts';

/** Counts and logs each refused client. Each kind is to be a line a minute at most: that is for the log to do. */
export function refusalTeller(metrics: Pick<Metrics, 'refused'>, log: Log): TellRefusal {
  return (refusal: DoorRefusal) => {
    metrics.refused(refusal.door, refusal.reason);
    if (refusal.reason !== 'no_token') log.warn(refusal, 'client refused');
  };
}
