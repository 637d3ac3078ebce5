import type { LiveCall } from '../../src/protocol/console-live.ts';

/** A live call, with who was heard on its line in the last 30 s. */
export interface WatchedCall extends LiveCall {
  /** One sample each 0.5 s, oldest first; at most {@link MOST_SAMPLES}. */
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly speaking: LiveCall['speaking'];
  readonly activity: number;
}

/** The most samples that are kept: 30 s of them. */
export const MOST_SAMPLES = 60;

export interface LiveList {
  /** Newest first. */
  readonly calls: readonly WatchedCall[];
  /** SIDs of the calls that the last message took off the list. */
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

/** The list 0.5 s later: each call gets a sample of what is heard now. */
export function afterMoment({ calls }: LiveList): LiveList {
  return {
    calls: calls.map((call) => ({
      ...call,
      samples: [...call.samples, { speaking: call.speaking, activity: call.activity }].slice(-MOST_SAMPLES),
    })),
    left: [],
  };
}
