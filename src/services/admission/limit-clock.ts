import type { Clock } from '../../clock.ts';

/** The time that limits go by, in ms since the Unix epoch: windows, days, and how long a session was open. */
export const limitTime = (clock: Clock): number => clock.steady();
