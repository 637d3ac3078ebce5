import type { RefusalCause } from '../../../protocol/refusal-causes.ts';
import type { DayCeilings, DaySums } from '../admission.port.ts';

/** What is counted of a day and a number, read in the transaction that takes the call. */
interface Counted {
  readonly isBlocked: boolean;
  /** Of the calls before this one: a ceiling of 3 lets three in. */
  readonly sums: DaySums;
  readonly ceilings: DayCeilings;
}

/** A count and what it may come to; undefined or null where nobody counts. */
interface Bounded {
  readonly count: number;
  readonly ceiling: number | null | undefined;
}

/** The calls of one caller. */
interface CallsOfCaller {
  readonly atOnce: Bounded;
  readonly inHour: Bounded;
}

/** Why a call that comes in is not taken. What is true of everybody is said before what is true of this caller. */
export function refusalOfCall(counted: Counted, { atOnce, inHour }: CallsOfCaller): RefusalCause | undefined {
  const ofAny = refusalOfAny(counted);
  if (ofAny !== undefined) return ofAny;
  if (isUsedUp(atOnce)) return 'caller_at_once';
  return isUsedUp(inHour) ? 'caller_per_hour' : undefined;
}

/** Why a call is not placed. */
export function refusalOfPlacing(counted: Counted, placedOnDay: Bounded): RefusalCause | undefined {
  return refusalOfAny(counted) ?? (isUsedUp(placedOnDay) ? 'placed_per_day' : undefined);
}

function refusalOfAny({ isBlocked, sums, ceilings }: Counted): RefusalCause | undefined {
  const isSumUsedUp = (sum: keyof DaySums) => isUsedUp({ count: sums[sum], ceiling: ceilings[sum] });
  if (isBlocked) return 'blocked';
  if (isSumUsedUp('calls')) return 'day_calls';
  if (isSumUsedUp('modelMs')) return 'day_minutes';
  if (isSumUsedUp('costMicros')) return 'day_cost';
  return undefined;
}

const isUsedUp = ({ count, ceiling }: Bounded): boolean => ceiling != null && count >= ceiling;
