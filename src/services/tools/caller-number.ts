import type { CountryCode } from 'libphonenumber-js/max';
import { type CallFacts, callerOf, ownNumberOf } from './call-facts.ts';
import { countryOf, writtenNumber } from './number-policy.ts';

/** The country of the number that the engine is reached at in this call. */
const homeCountryOf = (call: CallFacts): CountryCode | undefined => countryOf(ownNumberOf(call));

/**
 * What carriers put in the place of a number that they do not have or may not tell, spelt on a keypad: ANONYMOUS,
 * RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE. Twilio passes them on as if they were numbers.
 */
const WITHHELD = new Set(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253']);

/** The other party's number; null when it is withheld, or no number. Spoofable all the same. */
export function carriedNumber(call: CallFacts): string | null {
  const caller = callerOf(call);
  return /^\+[1-9]\d{7,14}$/.test(caller) && !WITHHELD.has(caller) ? caller : null;
}

/** The number to write down for a person: what the caller said, else what the carrier says; null when withheld. */
export function contactNumber(said: string | undefined, call: CallFacts): string | null {
  return said === undefined ? carriedNumber(call) : writtenNumber(said, homeCountryOf(call));
}
