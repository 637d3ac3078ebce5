/**
 * What carriers put in the place of a number that they do not have or may not tell, spelt on a keypad: ANONYMOUS,
 * RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE. Twilio passes them on as if they were numbers.
 */
const WITHHELD = new Set(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253']);

/** A party's number, E.164, out of what the carrier says of the party; null when it is withheld, or no number. */
export function carriedNumberOf(party: string): string | null {
  return /^\+[1-9]\d{7,14}$/.test(party) && !WITHHELD.has(party) ? party : null;
}
