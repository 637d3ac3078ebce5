/** A run by day, unless another is named: a build is red for its own reasons only. */
const SEED_BY_DAY = 20261125;
const TIMES_BY_NIGHT = 10;
/** Ten times as many runs, on a machine that may be busy. */
const PATIENCE_BY_NIGHT = 20;

/** How far a run of the tests looks, and from where. */
export interface Search {
  /** All that is sampled by day is tried whole, and each property ten times as often. */
  readonly isNight: boolean;
  /** Of everything that is chosen by chance in this run. */
  readonly seed: number;
}

/**
 * What the environment asks for: by night (`NIGHT=1`) the seed is the date's in UTC, as 20261130; `SEED` names another.
 *
 * @throws RangeError for a `SEED` that is no whole number of 32 bits
 */
export function searchOf({ NIGHT, SEED }: Readonly<Record<string, string | undefined>>, now: Date): Search {
  const isNight = NIGHT === '1';
  if (SEED === undefined || SEED === '') return { isNight, seed: isNight ? dateOf(now) : SEED_BY_DAY };
  const seed = Number(SEED);
  // fast-check takes 32 bits of a seed, and would print another one than was asked for.
  if (seed !== (seed | 0)) throw new RangeError(`SEED is a whole number of 32 bits, not ${SEED}`);
  return { isNight, seed };
}

const dateOf = (now: Date) => Number(now.toISOString().slice(0, 10).replaceAll('-', ''));

/** Of this run. `vitest.config.ts` passes the seed on, so that it is one also after midnight. */
export const { isNight, seed } = searchOf(process.env, new Date());

/** So many runs by day, ten times as many by night. */
export const runs = (byDay: number) => (isNight ? byDay * TIMES_BY_NIGHT : byDay);

/** A test's timeout, in ms: for a test that does more by night. */
export const patience = (byDayMs: number) => (isNight ? byDayMs * PATIENCE_BY_NIGHT : byDayMs);
