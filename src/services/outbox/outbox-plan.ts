/**
 * What comes after each attempt: when to try again, when to look, when to give
 * up. Pure; the times are failures.md's W9 for requests to the carrier.
 *
 * Only what certainly did not happen is sent again. What the carrier itself
 * says failed is looked for first; what got no answer is only looked for.
 */

import type { SendResult, FoundAtCarrier } from './sender.port.ts';
import type { Errand, Transactions } from '../storage/journal.port.ts';

/** Waits between attempts, in ms: 1 s, doubled each time, at most a minute, each shortened by chance. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const MAX_ATTEMPTS = 8;
/** A text that comes later than this after the conversation it belongs to is a nuisance. */
const STALE_AFTER_MS = 600_000;
/** When a lost one is looked for, in ms after it was lost and after each look in vain: within a tool's deadline of 8 s. */
const LOOKS_MS = [250, 1500, 4000];
/** How often the carrier is asked before a doubt is left as it is. */
const MAX_LOOKS = 8;

const GIVEN_UP = 'It could not be sent: the carrier did not take it.';

export type ErrandStep =
  | ({ readonly kind: 'settle' } & Omit<Parameters<Transactions['settleOutbox']>[0], 'id' | 'at'>)
  | ({ readonly kind: 'return' } & Omit<Parameters<Transactions['returnOutbox']>[0], 'id' | 'claim'>);

/** Time and chance, as numbers: `chance` is in [0, 1). */
export interface TimeAndChance {
  readonly now: number;
  readonly chance: number;
}

export function afterSending(errand: Errand, result: SendResult, moment: TimeAndChance): ErrandStep {
  switch (result.outcome) {
    case 'accepted': {
      const { providerSid, status, over } = result;
      const candidates = [{ providerSid, status, ...(over !== undefined && { over }) }];
      return { kind: 'settle', status, candidates };
    }
    case 'refused':
      return { kind: 'settle', status: 'failed', reason: result.reason };
    case 'simulated':
      return { kind: 'settle', status: 'simulated' };
    case 'notTaken': {
      const due = moment.now + waitMs(errand.attempts, result.retryAfterMs, moment.chance);
      if (isHopeless(errand, due)) return { kind: 'settle', status: 'failed', reason: GIVEN_UP };
      return { kind: 'return', to: 'waiting', due, hasLooked: false };
    }
    case 'doubtful': {
      const due = moment.now + waitMs(errand.attempts, result.retryAfterMs, moment.chance);
      return {
        kind: 'return',
        to: 'doubted',
        due: Math.min(due, errand.at + STALE_AFTER_MS),
        hasLooked: false,
      };
    }
    case 'unknown':
      return { kind: 'return', to: 'lost', due: moment.now + (LOOKS_MS[0] ?? 0), hasLooked: false };
  }
}

export function afterLooking(
  errand: Errand,
  found: FoundAtCarrier,
  { now, chance }: TimeAndChance,
): ErrandStep {
  const to = errand.state === 'doubted' ? 'doubted' : 'lost';
  if (found.outcome === 'unknown') {
    if (errand.looks + 1 >= MAX_LOOKS) return { kind: 'settle', status: 'unknown' };
    return { kind: 'return', to, due: now + waitMs(errand.looks + 1, undefined, chance), hasLooked: true };
  }
  if (found.candidates.length > 0) return { kind: 'settle', candidates: found.candidates };
  return inVain(errand, now);
}

/** The carrier was asked, and does not have it. */
export function inVain(errand: Errand, now: number): ErrandStep {
  if (errand.state === 'doubted') {
    if (isHopeless(errand, now)) return { kind: 'settle', status: 'failed', reason: GIVEN_UP };
    return { kind: 'return', to: 'waiting', due: now, hasLooked: true };
  }
  const wait = LOOKS_MS[errand.looks + 1];
  if (wait === undefined) return { kind: 'settle', status: 'unknown' };
  return { kind: 'return', to: 'lost', due: now + wait, hasLooked: true };
}

function waitMs(tries: number, retryAfterMs: number | undefined, chance: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
  // Half of it at least: calls that failed together do not come back together, and none comes back at once.
  const wait = Math.ceil(longest * (0.5 + chance / 2));
  return Math.max(wait, retryAfterMs ?? 0);
}

const isHopeless = ({ attempts, at }: Errand, due: number): boolean =>
  attempts >= MAX_ATTEMPTS || due >= at + STALE_AFTER_MS;
