import type { CountryCode } from 'libphonenumber-js/max';
import { carriedNumberOf } from '../../protocol/carried-number.ts';
import { type CallFacts, callerOf, ownNumberOf } from '../desk/call-facts.ts';
import { countryOf, writtenNumber } from '../desk/number-policy.ts';

/** The country of the number that the engine is reached at in this call. */
const homeCountryOf = (call: CallFacts): CountryCode | undefined => countryOf(ownNumberOf(call));

/** The other party's number; null when it is withheld, or no number. Spoofable all the same. */
export const carriedNumber = (call: CallFacts): string | null => carriedNumberOf(callerOf(call));

/** The number to write down for a person: what the caller said, else what the carrier says; null when withheld. */
export function contactNumber(said: string | undefined, call: CallFacts): string | null {
  return said === undefined ? carriedNumber(call) : writtenNumber(said, homeCountryOf(call));
}
