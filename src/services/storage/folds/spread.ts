/** A distribution of durations: how many fell into each step of a scale, by the step's number. */
export type Spread = Record<string, number>;

/** Each step is a tenth longer than the one before: a value read back is within 5 % of what was put in. */
const RATIO = Math.log(1.1);

/** The step of a duration in ms; 0 is for nothing at all. */
export function stepOf(ms: number): string {
  return String(ms < 1 ? 0 : 1 + Math.round(Math.log(ms) / RATIO));
}

/** The duration below which a share of them is, in ms; null for none at all. */
export function quantileOf(spread: Spread, share: number): number | null {
  const steps = Object.entries(spread)
    .map(([step, count]): [number, number] => [Number(step), count])
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => a - b);
  const total = steps.reduce((sum, [, count]) => sum + count, 0);
  let below = 0;
  for (const [step, count] of steps) {
    below += count;
    if (below >= share * total) return step === 0 ? 0 : Math.round(Math.exp((step - 1) * RATIO));
  }
  return null;
}
