/** Why a call is not taken, in words for operators. Callers hear a sentence of the profile, whatever the cause. */
export const REFUSAL_CAUSES = {
  draining: 'the engine is draining',
  full: 'all lines are busy',
  storage: 'the journal cannot be written',
  model: 'the model refuses this engine',
  blocked: 'the number is blocked',
  caller_at_once: 'the caller has reached the limit of calls at once',
  caller_per_hour: 'the caller has reached the limit of calls per hour',
  day_calls: 'the daily limit of calls is reached',
  day_minutes: 'the daily limit of model minutes is reached',
  day_cost: 'the daily limit of cost is reached',
  placed_per_day: 'the daily limit of placed calls is reached',
} as const;

export type RefusalCause = keyof typeof REFUSAL_CAUSES;
