/** Why a call is not taken, in words for operators. Callers hear a sentence of the profile, whatever the cause. */
export const REFUSAL_CAUSES = {
  draining: 'the engine is draining',
  full: 'all lines are busy',
  storage: 'the journal cannot be written',
  blocked: 'the number is blocked',
  caller_at_once: 'the caller has as many calls at once as one may have',
  caller_per_hour: 'the caller has called as often in an hour as one may',
  day_calls: "the day's calls are used up",
  day_minutes: "the day's minutes of the model are used up",
  day_cost: "the day's money is used up",
  placed_per_day: 'as many calls were placed today as may be',
} as const;

export type RefusalCause = keyof typeof REFUSAL_CAUSES;
