import type { LiveCall } from '../../../protocol/console-live.ts';

/** A live call with what was heard on its line of late. */
export interface WatchedCall extends LiveCall {
  /** Oldest first, one each half second; at most {@link MOST_SAMPLES}. */
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly speaking: LiveCall['speaking'];
  readonly activity: number;
}

/** Half a minute. */
export const MOST_SAMPLES = 60;

export interface LiveList {
  /** Newest first. */
  readonly calls: readonly WatchedCall[];
  /** SIDs of calls that have left the list with the last change. */
  readonly left: readonly string[];
}

export const NO_CALLS: LiveList = { calls: [], left: [] };

/** The list after a message of the feed. */
export function afterMessage(list: LiveList, calls: readonly LiveCall[], isWhole: boolean): LiveList {
  const known = new Map(list.calls.map((call) => [call.callSid, call]));
  const next = new Map(isWhole ? [] : known);
  for (const call of calls) {
    if (call.state === 'ended') next.delete(call.callSid);
    else next.set(call.callSid, { ...call, samples: known.get(call.callSid)?.samples ?? [] });
  }
  return {
    calls: [...next.values()].toSorted((one, other) => other.startedAt.localeCompare(one.startedAt)),
    left: [...known.keys()].filter((callSid) => !next.has(callSid)),
  };
}

/** The list half a second later: what is heard now is remembered. */
export function afterMoment({ calls }: LiveList): LiveList {
  return {
    calls: calls.map((call) => ({
      ...call,
      samples: [...call.samples, { speaking: call.speaking, activity: call.activity }].slice(-MOST_SAMPLES),
    })),
    left: [],
  };
}
