/** The level that a meter shows as 0, in dB of full scale: the hiss of a quiet room. */
const FLOOR_DB = -54;
/** How far a meter falls in 20 ms: from 1 to 0 in 0.5 s. */
const FALL = 0.04;

/** The level of a meter, from 0 to 1, for a loudest sample from 0 to 1: linear in decibels, as loudness is heard. */
export function levelOf(peak: number): number {
  if (peak <= 0) return 0;
  return Math.min(1, Math.max(0, 1 - (20 * Math.log10(peak)) / FLOOR_DB));
}

/** The level 20 ms later: it rises at once and falls slowly, so that an eye can follow. */
export function nextLevel(level: number, peak: number): number {
  return Math.max(levelOf(peak), level - FALL, 0);
}
