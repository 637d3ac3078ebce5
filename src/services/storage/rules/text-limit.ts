import type { TextLimit, TextLimits } from '../journal.port.ts';

/** Texts that were stored before this one; a day is the 24 hours before it. */
interface TextCounts {
  readonly ofCall: number;
  readonly ofDestinationAndDay: number;
  readonly ofEngineAndDay: number;
  /** The same words went to the same number within a day, and did not fail. */
  readonly isRepeat: boolean;
}

/** Which limit one more text would go past: the narrowest first. */
export function limitPassed(counts: TextCounts, limits: TextLimits): TextLimit | undefined {
  if (counts.ofCall >= limits.perCall) return 'call';
  if (counts.ofDestinationAndDay >= limits.perDestinationAndDay) return 'destination';
  if (counts.ofEngineAndDay >= limits.perEngineAndDay) return 'engine';
  return counts.isRepeat ? 'repeat' : undefined;
}
