import type { DialResult } from '../simulator/carrier/dial-verb.ts';

/** What a person can do whom a transfer calls. */
export const ANSWERS = ['yes', 'no', 'busy'] as const;
export type CalledPerson = (typeof ANSWERS)[number];

/** It rings twice, and then for some seconds two people talk. */
const RINGING_MS = 2000;
const TALKING_MS = 5000;

/** What the carrier reports of it. Nobody answers unless told so. */
export function dialResultOf(answer: CalledPerson = 'no'): DialResult {
  switch (answer) {
    case 'yes':
      return { status: 'completed', afterMs: RINGING_MS + TALKING_MS };
    case 'no':
      return { status: 'no-answer', afterMs: RINGING_MS };
    case 'busy':
      return { status: 'busy', afterMs: RINGING_MS };
  }
}
