/**
 * Which telephone numbers the engine may spend money on. Fails closed.
 *
 * The number plans are libphonenumber's, with its full metadata. Its parser is
 * generous (`;ext=9`, `tel:`, Arabic digits), so the raw text is judged first
 * and only the exact canonical form goes on.
 */

import { type CountryCode, type PhoneNumberType, parsePhoneNumberFromString } from 'libphonenumber-js/max';

export type NumberVerdict =
  | { readonly ok: true; readonly number: string }
  | { readonly ok: false; readonly rule: 'syntax' | 'country' | 'type'; readonly reason: string };

/** ASCII digits, 8 to 15 of them: no short code and no emergency number has a country code in front. */
const E164 = /^\+[1-9]\d{7,14}$/;

/** Numbers that cost the one who dials them or the one who is dialled, or that reach no person. */
const REFUSED_TYPES: ReadonlySet<PhoneNumberType> = new Set<PhoneNumberType>([
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'UAN',
  'PERSONAL_NUMBER',
  'PAGER',
  'VOICEMAIL',
]);

/**
 * North American numbers set aside for tests and films: area code 555, and 555-01xx in any.
 * Some belong to no country by the metadata; they cost nothing, and every demonstration uses them.
 */
const NANP_TEST = /^\+1(?:555\d{7}|[2-9]\d{2}55501\d{2})$/;

/** North American prefixes of such numbers: those set aside for tests among them, and premium by exchange, which the metadata has not. */
const NANP_REFUSED = /^\+1(?:900|8(?:00|22|33|44|55|66|77|88)|[2-9]\d{2}976)/;

/** The country that a number belongs to. Undefined for texts that are no number, and for +881, +882, +883, +979. */
export function countryOf(raw: string): CountryCode | undefined {
  if (!E164.test(raw)) return undefined;
  const parsed = parsePhoneNumberFromString(raw);
  return parsed?.country ?? (NANP_TEST.test(raw) ? 'US' : undefined);
}

/** The countries that a business serves: those its profile names, else that of the number it is reached at. */
export function servedCountries(
  named: readonly string[] | undefined,
  ownNumber: string,
): ReadonlySet<string> {
  const home = countryOf(ownNumber);
  return new Set(named ?? (home === undefined ? [] : [home]));
}

/**
 * Judges a number before a text or a call goes to it.
 *
 * @param countries - as `servedCountries` says.
 */
export function judgeNumber(raw: string, countries: ReadonlySet<string>): NumberVerdict {
  const parsed = E164.test(raw) ? parsePhoneNumberFromString(raw) : undefined;
  if (parsed?.number !== raw || !parsed.isPossible()) {
    return {
      ok: false,
      rule: 'syntax',
      reason: 'That is not a telephone number in full international form.',
    };
  }
  const country = countryOf(raw);
  if (country === undefined || !countries.has(country)) {
    return { ok: false, rule: 'country', reason: 'Numbers of that country are not served.' };
  }
  const type = parsed.getType();
  if ((type !== undefined && REFUSED_TYPES.has(type)) || NANP_REFUSED.test(raw)) {
    return { ok: false, rule: 'type', reason: 'Numbers of that kind are not served.' };
  }
  return { ok: true, number: raw };
}

/** A spoken number in canonical form where it is one, for what is only written down. Otherwise as it was said. */
export function writtenNumber(spoken: string, country: CountryCode | undefined): string {
  const parsed = parsePhoneNumberFromString(spoken, country);
  const isWhole = parsed?.isPossible() === true && parsed.ext === undefined;
  return isWhole ? parsed.number : spoken;
}
