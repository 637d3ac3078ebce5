/** Which digits a payment card can have. ISO/IEC 7812-1: 13 to 19 of them, the last by Luhn's formula. */

/** Digits of the shortest card number, and of the longest. */
export const SHORTEST_CARD = 13;
export const MAX_CARD_DIGITS = 19;

/** What networks issue today: first digits, both ends included, and the length that their cards have. */
const ISSUED: readonly (readonly [from: string, to: string, length: number])[] = [
  ['4', '4', 16], // Visa
  ['51', '55', 16], // Mastercard
  ['2221', '2720', 16],
  ['34', '34', 15], // American Express
  ['37', '37', 15],
  ['300', '305', 14], // Diners Club
  ['309', '309', 14],
  ['36', '36', 14],
  ['38', '39', 14],
  ['3528', '3589', 16], // JCB
  ['6011', '6011', 16], // Discover
  ['644', '649', 16],
  ['65', '65', 16],
  ['62', '62', 16], // UnionPay
  ['81', '81', 16],
  ['50', '50', 16], // Maestro, RuPay
  ['56', '58', 16],
  ['60', '60', 16],
  ['63', '63', 16],
  ['67', '67', 16],
  ['82', '82', 16],
  ['2200', '2204', 16], // Mir
  ['8600', '8600', 16], // Uzcard
  ['9792', '9792', 16], // Troy
  ['9860', '9860', 16], // Humo
];
/** Banks and shops: the first digits 3 to 6 belong to them whatever follows. */
const OF_BANKS = /^[3-6]/;
/** Airlines' cards (UATP) have 15 digits. */
const OF_AIRLINES = /^1\d{14}$/;

/** True for digits that stand alone and are a card's: of banks in every length, of other issuers in theirs. */
export function isCardNumber(digits: string): boolean {
  if (digits.length < SHORTEST_CARD || digits.length > MAX_CARD_DIGITS) return false;
  return (OF_BANKS.test(digits) || OF_AIRLINES.test(digits) || isIssued(digits)) && passesLuhn(digits);
}

/** True for a card's digits that are recognised among others: a network issues just these, in just this length. */
export function isIssuedCardNumber(digits: string): boolean {
  return isIssued(digits) && passesLuhn(digits);
}

/** How many digits a card has that begins so; undefined where no network says. */
export function issuedLength(digits: string): number | undefined {
  return ISSUED.find(([from, to]) => {
    const head = digits.slice(0, from.length);
    return head.length === from.length && head >= from && head <= to;
  })?.[2];
}

const isIssued = (digits: string): boolean => issuedLength(digits) === digits.length;

/** Luhn's formula: ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 1; place <= digits.length; place++) {
    const digit = Number(digits[digits.length - place]);
    const weighed = place % 2 === 0 ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
