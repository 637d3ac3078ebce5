/** What a meter shows as nothing, in dB below full scale: the hiss of a quiet room. */
const FLOOR_DB = -54;
/** How far a meter falls in 20 ms after a peak: from full to nothing in half a second. */
const FALL = 0.04;

/** Where a meter stands, from 0 to 1, for a loudest sample from 0 to 1. Loudness is heard in decibels. */
export function levelOf(peak: number): number {
  if (peak <= 0) return 0;
  return Math.min(1, Math.max(0, 1 - (20 * Math.log10(peak)) / FLOOR_DB));
}

/** Where it stands 20 ms later: up at once, down slowly, so that an eye can follow. */
export function nextLevel(level: number, peak: number): number {
  return Math.max(levelOf(peak), level - FALL, 0);
}
