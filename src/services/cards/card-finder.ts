import {
  issuedLength,
  isCardNumber,
  isIssuedCardNumber,
  MAX_CARD_DIGITS,
  SHORTEST_CARD,
} from './card-networks.ts';
import { type DigitGroup, type DigitRun, digitRuns, isTail } from './digit-runs.ts';

/** A part of a text to hide, `[start, end)`. */
export interface Find {
  readonly start: number;
  readonly end: number;
  readonly kind: 'card' | 'code';
  readonly digits: string;
}

/** A number of a telephone has no more digits. ITU-T E.164. */
const MAX_PHONE_DIGITS = 15;
/** A code is three digits long, or four. */
const CODE = /^\d{3,4}$/;
/** Behind a card's number, in one breath: when it runs out, and its code. */
const MAX_BEHIND_DIGITS = 10;
const CODE_WORDS =
  /\b(?:cvc|cvv|cv2|cid|csc)2?\b|(?:security|card|verification) (?:code|number)|pr(?:ü|ue)f(?:ziffer|nummer|zahl)|sicherheits(?:code|nummer)|kartencode/iu;
/** A time, a price, a share: no code. */
const IS_AMOUNT_AFTER =
  /^\s?(?:[:%€$£°]|[.,]\d|(?:euro?s?|eur|usd|dollars?|cents?|pounds?|uhr|a\.?m|p\.?m|o.clock|minut|percent|prozent)\b)/iu;
const IS_AMOUNT_BEFORE = /(?:[€$£:#]|\d[.,])\s?$/u;
const YEAR = /^20\d\d$/;
/** Days and prices: what consists of nothing else is no card, whatever its sum. */
const DAY_OR_PRICE =
  /^(?:(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19|20)\d\d|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|\d{1,3}(?:[.,]\d{3})*[.,]\d\d)[.,;]?$/;
/** An account: two letters of a country, two of its sum, at most thirty more. ISO 13616. */
const ACCOUNT = /\b[A-Z] ?[A-Z] ?\d ?\d(?:[ -]?[A-Z0-9]){11,30}/g;
const SHORTEST_ACCOUNT = 15;

/** The card numbers in a text, and what follows them; in order, none within another. A line break parts two turns. */
export function findCards(text: string): Find[] {
  const runs = digitRuns(withoutAccounts(text));
  const taken = new Set<DigitGroup>();
  const cards = runs.flatMap((run) =>
    cardsIn(run, text).map((groups) => {
      for (const group of groups) taken.add(group);
      return spanOf(groups, 'card');
    }),
  );
  const first = cards[0];
  if (first === undefined) return [];
  return merged([...cards, ...codesIn(runs, text, { behind: first.end, taken })], text);
}

/**
 * Codes in a text that holds no card's number, where one was given a moment ago.
 *
 * @param isNear - the number was given just before: a text of hardly anything but digits is its code, too.
 */
export function findCodes(text: string, isNear: boolean): Find[] {
  const isNamed = CODE_WORDS.test(text);
  const runs = digitRuns(text);
  if (!isNamed && !(isNear && hardlyMore(runs, text))) return [];
  return codesIn(runs, text, { behind: 0, taken: new Set() });
}

/** Where the last digits of a turn begin, and all digits of that run: a number that may go on in the next turn. */
export function openNumber(text: string): { readonly start: number; readonly digits: string } | undefined {
  const run = digitRuns(withoutAccounts(text)).at(-1);
  const last = run?.groups.at(-1);
  if (run === undefined || last === undefined || !isTail(text, last.end)) return undefined;
  // No card is longer: what lies before its digits cannot be part of one that goes on.
  const groups: DigitGroup[] = [];
  for (let i = run.groups.length - 1; i >= 0; i--) {
    const group = run.groups[i];
    if (group === undefined || digitsOf([group, ...groups]).length >= MAX_CARD_DIGITS) break;
    groups.unshift(group);
  }
  const [first] = groups;
  return first === undefined ? undefined : { start: first.start, digits: digitsOf(groups) };
}

/** Pieces of a number that is known, of so many digits and more. */
export function findPieces(text: string, number: string, shortest: number): Find[] {
  const found: Find[] = [];
  for (const { groups } of digitRuns(text)) {
    for (let from = 0; from < groups.length; from++) {
      let digits = '';
      let longest: Find | undefined;
      for (let to = from; to < groups.length; to++) {
        digits += groups[to]?.digits ?? '';
        if (!number.includes(digits)) break;
        if (digits.length >= shortest) longest = spanOf(groups.slice(from, to + 1), 'card');
      }
      if (longest !== undefined) found.push(longest);
    }
  }
  return merged(found, text);
}

/** Codes that are known: where they stand alone. */
export const findNumbers = (text: string, codes: ReadonlySet<string>): Find[] =>
  digitRuns(text)
    .filter(({ groups }) => codes.has(digitsOf(groups)))
    .map(({ groups }) => spanOf(groups, 'code'));

/** What of the finds lies in `[from, to)`, counted from there. */
export const within = (finds: readonly Find[], from: number, to: number): Find[] =>
  finds
    .filter(({ start, end }) => start < to && end > from)
    .map((find) => ({
      ...find,
      start: Math.max(find.start, from) - from,
      end: Math.min(find.end, to) - from,
    }));

/** How many digits the longest number of a text has. */
export const longestNumber = (text: string): number =>
  Math.max(0, ...digitRuns(text).map(({ groups }) => digitsOf(groups).length));

/** The groups of each card number in a run; they can overlap. */
function cardsIn({ groups, isPhone }: DigitRun, text: string): (readonly DigitGroup[])[] {
  const all = digitsOf(groups);
  if (isPhone && all.length <= MAX_PHONE_DIGITS) return [];
  if (all.length < SHORTEST_CARD || isDaysAndPrices(groups, text)) return [];
  if (!isPhone && isCardNumber(all)) return [groups];
  const found: (readonly DigitGroup[])[] = [];
  for (let from = 0; from < groups.length; from++) {
    let digits = '';
    for (let to = from; to < groups.length && digits.length <= MAX_CARD_DIGITS; to++) {
      digits += groups[to]?.digits ?? '';
      if (isIssuedCardNumber(digits) || (from === to && hasCardAtHead(digits)))
        found.push(groups.slice(from, to + 1));
    }
  }
  return found;
}

/** A number that was written without any space can have its code behind it. */
function hasCardAtHead(digits: string): boolean {
  const length = issuedLength(digits);
  // Fourteen digits with four more are too often a number of another kind.
  const behind = length === undefined || length < 15 ? 0 : digits.length - length;
  return behind >= 3 && behind <= MAX_BEHIND_DIGITS && isIssuedCardNumber(digits.slice(0, length));
}

/** Where the code of a card may stand. */
interface CodeRange {
  /** From this character of the text on. */
  readonly behind: number;
  /** Groups that are a card's number already. */
  readonly taken: ReadonlySet<DigitGroup>;
}

function codesIn(runs: readonly DigitRun[], text: string, { behind, taken }: CodeRange): Find[] {
  return runs.flatMap(({ groups }) => {
    const free = groups.filter((group) => group.start >= behind && !taken.has(group));
    if (free.length === 0) return [];
    const digits = digitsOf(free);
    const isBehindCard = free.length < groups.length && digits.length <= MAX_BEHIND_DIGITS;
    if (isBehindCard && digits.length >= 3) return free.map((group) => spanOf([group], 'code'));
    const code = spanOf(free, 'code');
    return CODE.test(digits) && !YEAR.test(digits) && !isAmount(text, code) ? [code] : [];
  });
}

const isAmount = (text: string, { start, end }: Find): boolean =>
  IS_AMOUNT_AFTER.test(text.slice(end, end + 12)) ||
  IS_AMOUNT_BEFORE.test(text.slice(Math.max(0, start - 3), start));

function isDaysAndPrices(groups: readonly DigitGroup[], text: string): boolean {
  const { start, end } = spanOf(groups, 'card');
  return text
    .slice(start, end)
    .split(/\s+/)
    .every((word) => DAY_OR_PRICE.test(word));
}

/** True when a text is digits and a few words. */
function hardlyMore(runs: readonly DigitRun[], text: string): boolean {
  const [run] = runs;
  if (run === undefined || runs.length > 1) return false;
  const { start, end } = spanOf(run.groups, 'code');
  return isTail(text.slice(0, start) + text.slice(end), 0);
}

/** Accounts that are none by their sum are left. */
function withoutAccounts(text: string): string {
  return text.replaceAll(ACCOUNT, (found) => {
    const kept = Array.from(found.matchAll(/[A-Z0-9]/g));
    for (let length = kept.length; length >= SHORTEST_ACCOUNT; length--) {
      if (!isAccount(kept.slice(0, length).join(''))) continue;
      const end = (kept[length - 1]?.index ?? 0) + 1;
      return '\u0000'.repeat(end) + found.slice(end);
    }
    return found;
  });
}

/** ISO 7064, mod 97-10. */
function isAccount(account: string): boolean {
  let rest = 0;
  for (const letter of account.slice(4) + account.slice(0, 4)) {
    for (const digit of String(parseInt(letter, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}

const digitsOf = (groups: readonly DigitGroup[]): string => groups.map(({ digits }) => digits).join('');

const spanOf = (groups: readonly DigitGroup[], kind: Find['kind']): Find => ({
  start: groups[0]?.start ?? 0,
  end: groups.at(-1)?.end ?? 0,
  kind,
  digits: digitsOf(groups),
});

/** In order; what overlaps is one, and codes with nothing but pauses between them are. */
export function merged(found: readonly Find[], text: string): Find[] {
  const sorted = [...found].sort((one, other) => one.start - other.start || other.end - one.end);
  const kept: Find[] = [];
  for (const find of sorted) {
    const last = kept.at(-1);
    const isSame = last !== undefined && (find.start < last.end || isOneCode(last, find, text));
    if (isSame) kept[kept.length - 1] = { ...last, end: Math.max(last.end, find.end) };
    else kept.push(find);
  }
  return kept;
}

const isOneCode = (one: Find, other: Find, text: string): boolean =>
  one.kind === 'code' && other.kind === 'code' && /^[\s\p{Pd}/]*$/u.test(text.slice(one.end, other.start));
