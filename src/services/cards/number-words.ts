/** Numbers as callers say them, in English and German: single digits, and numbers up to 9999. */

const EN_UNITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const EN_TEENS = [
  ...['ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen'],
  ...['sixteen', 'seventeen', 'eighteen', 'nineteen'],
];
const EN_TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const DE_UNITS = ['null', 'eins', 'zwei', 'drei', 'vier', 'fuenf', 'sechs', 'sieben', 'acht', 'neun'];
const DE_TEENS = [
  ...['zehn', 'elf', 'zwoelf', 'dreizehn', 'vierzehn', 'fuenfzehn'],
  ...['sechzehn', 'siebzehn', 'achtzehn', 'neunzehn'],
];
const DE_TENS = [
  ...['zwanzig', 'dreissig', 'vierzig', 'fuenfzig'],
  ...['sechzig', 'siebzig', 'achtzig', 'neunzig'],
];

/** Each word with its value: its place in the list, made into a number. */
const valued = (words: readonly string[], valueOf = (place: number) => place) =>
  words.map((word, place) => [word, valueOf(place)] as const);

const UNITS = new Map<string, number>([
  ...valued(EN_UNITS),
  ...valued(DE_UNITS),
  ...valued(['oh', 'o', 'nought', 'naught', 'nil'], () => 0),
  ['zwo', 2],
  ['niner', 9],
]);
const TEENS = new Map<string, number>([
  ...valued(EN_TEENS, (place) => place + 10),
  ...valued(DE_TEENS, (place) => place + 10),
]);
const TENS = new Map<string, number>([
  ...valued(EN_TENS, (place) => (place + 2) * 10),
  ...valued(DE_TENS, (place) => (place + 2) * 10),
  ['fourty', 40],
]);
/** "Three fours": a digit, so many times. */
const PLURALS = new Map<string, number>([
  ...valued(['zeros', 'ones', 'twos', 'threes', 'fours', 'fives', 'sixes', 'sevens', 'eights', 'nines']),
  ...valued([
    'nullen',
    'einsen',
    'zweien',
    'dreien',
    'vieren',
    'fuenfen',
    'sechsen',
    'siebenen',
    'achten',
    'neunen',
  ]),
  ['zeroes', 0],
  ['ohs', 0],
]);
/** "Double four", "dreimal die Eins": how often the digit behind it counts. */
const TIMES = new Map<string, number>([
  ...valued(['double', 'doppel', 'doppelt', 'doppelte', 'zweimal'], () => 2),
  ...valued(['triple', 'treble', 'dreifach', 'dreifache', 'dreimal'], () => 3),
  ...valued(['quadruple', 'vierfach', 'vierfache', 'viermal'], () => 4),
  ['fuenfmal', 5],
  ['einmal', 1],
]);
const TIMES_APART = new Set(['mal', 'times']);
const ARTICLES = new Set(['die', 'der', 'eine', 'the', 'a', 'number']);
const HUNDRED = new Set(['hundred', 'hundert']);
const THOUSAND = new Set(['thousand', 'tausend']);
const AND = new Set(['and', 'und']);
/** No number up to 9999 is longer. */
const LONGEST_WORD = 45;

/** A number that was said: its digits, and how many of the words it took. */
export interface SaidNumber {
  readonly digits: string;
  readonly words: number;
}

/** Nothing to fold in it but its case: most words of a call. */
const PLAIN_WORD = /^[A-Za-z]+$/;

/** A word as the tables have it. */
export const foldWord = (word: string): string =>
  PLAIN_WORD.test(word) ? word.toLowerCase() : foldLetters(word);

const foldLetters = (word: string): string =>
  word
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue');

/** What every number is made of, in letters that need no folding: as a part of a word, or as the whole of a short one. */
const NUMBER_PARTS = new RegExp(
  [
    ...[...UNITS.keys(), ...TEENS.keys(), ...TENS.keys(), ...PLURALS.keys(), ...TIMES.keys()]
      .filter((word) => word.length > 2)
      .concat('hundert', 'tausend', 'doppel'),
    String.raw`\boh?\b`,
  ].join('|'),
  'i',
);
const OTHERS_THAN_PLAIN = /[^A-Za-z\s,.;:!?'"()_/-]/;

/**
 * False of a text in which {@link readNumber} finds none, and no digit is written: most of what is said. Whatever is not
 * plain letters may hold one.
 */
export const mayHoldNumber = (text: string): boolean =>
  OTHERS_THAN_PLAIN.test(text) || NUMBER_PARTS.test(text);

/**
 * Reads the number that begins at a word.
 *
 * @param wordAt - the folded word so many places on: letters, or digits as written. Undefined where the words end, or
 *   something else stands between them.
 */
export function readNumber(wordAt: (place: number) => string | undefined): SaidNumber | undefined {
  return readRepeated(wordAt) ?? readCardinal(wordAt);
}

function readRepeated(wordAt: (place: number) => string | undefined): SaidNumber | undefined {
  const first = wordAt(0) ?? '';
  const joined = first.startsWith('doppel') ? UNITS.get(first.slice('doppel'.length)) : undefined;
  if (joined !== undefined) return { digits: String(joined).repeat(2), words: 1 };

  const count = countOf(first);
  const plural = count === undefined ? undefined : PLURALS.get(wordAt(1) ?? '');
  if (count !== undefined && plural !== undefined) return { digits: String(plural).repeat(count), words: 2 };

  const apart = count !== undefined && TIMES_APART.has(wordAt(1) ?? '') ? count : undefined;
  const times = TIMES.get(first) ?? apart;
  if (times === undefined) return undefined;
  let place = apart === undefined ? 1 : 2;
  if (ARTICLES.has(wordAt(place) ?? '')) place++;
  const digit = digitOf(wordAt(place) ?? '');
  return digit === undefined ? undefined : { digits: String(digit).repeat(times), words: place + 1 };
}

/** "Four", "forty one", "forty one hundred eleven", "four thousand one hundred and eleven", "viertausendelf". */
function readCardinal(wordAt: (place: number) => string | undefined): SaidNumber | undefined {
  const whole = compoundOf(wordAt(0) ?? '');
  if (whole !== undefined) return { digits: String(whole), words: 1 };
  const head = below100(wordAt, 0);
  if (head === undefined) return undefined;
  let { value, place } = head;
  const isThousand = value < 10 && value > 0 && THOUSAND.has(wordAt(place) ?? '');
  if (isThousand) {
    value *= 1000;
    place++;
    const hundreds = below100(wordAt, place);
    if (hundreds !== undefined && hundreds.value < 10 && HUNDRED.has(wordAt(hundreds.place) ?? '')) {
      value += hundreds.value * 100;
      place = hundreds.place + 1;
    }
  } else if (value > 0 && HUNDRED.has(wordAt(place) ?? '')) {
    value *= 100;
    place++;
  } else return { digits: String(value), words: place };
  const rest = below100(wordAt, AND.has(wordAt(place) ?? '') ? place + 1 : place);
  return rest === undefined || rest.value === 0
    ? { digits: String(value), words: place }
    : { digits: String(value + rest.value), words: rest.place };
}

function below100(wordAt: (place: number) => string | undefined, place: number) {
  const word = wordAt(place) ?? '';
  const tens = TENS.get(word);
  if (tens !== undefined) {
    const unit = UNITS.get(wordAt(place + 1) ?? '');
    return unit === undefined || unit === 0
      ? { value: tens, place: place + 1 }
      : { value: tens + unit, place: place + 2 };
  }
  const value =
    UNITS.get(word) ?? TEENS.get(word) ?? (word === 'ein' ? oneBefore(wordAt(place + 1)) : undefined);
  return value === undefined ? undefined : { value, place: place + 1 };
}

/** "Ein" is an article, but for "ein hundert". */
const oneBefore = (next: string | undefined) =>
  next !== undefined && (HUNDRED.has(next) || THOUSAND.has(next)) ? 1 : undefined;

/** German numbers in one word: "einundvierzig", "elfhundert", "viertausendeinhundertelf". */
function compoundOf(word: string): number | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  const [thousands, behindThousands] = splitAt(word, 'tausend');
  const [hundreds, rest] = splitAt(behindThousands, 'hundert');
  // What stands alone is the first half of a number in two words.
  if (thousands === undefined && hundreds === undefined)
    return word.includes('und') ? germanBelow100(word) : undefined;
  if (word === 'tausend' || word === 'hundert') return undefined;
  const t = thousands === undefined ? 0 : thousands === '' ? 1 : germanBelow100(thousands);
  const h = hundreds === undefined ? 0 : hundreds === '' ? 1 : germanBelow100(hundreds);
  const r = rest === '' ? 0 : germanBelow100(rest.startsWith('und') ? rest.slice(3) : rest);
  if (t === undefined || h === undefined || r === undefined || t > 9 || (t > 0 && h > 9)) return undefined;
  return t * 1000 + h * 100 + r;
}

function splitAt(word: string, mark: string): [before: string | undefined, after: string] {
  const at = word.indexOf(mark);
  return at === -1 ? [undefined, word] : [word.slice(0, at), word.slice(at + mark.length)];
}

function germanBelow100(word: string): number | undefined {
  if (word === 'ein') return 1;
  const plain = DE_UNITS.indexOf(word);
  if (plain > 0) return plain;
  const teen = DE_TEENS.indexOf(word);
  if (teen !== -1) return teen + 10;
  const tens = DE_TENS.findIndex((ending) => word.endsWith(ending));
  const before = tens === -1 ? undefined : word.slice(0, -(DE_TENS[tens]?.length ?? 0));
  if (before === undefined) return undefined;
  if (before === '') return (tens + 2) * 10;
  if (!before.endsWith('und')) return undefined;
  const unit = germanBelow100(before.slice(0, -3));
  return unit === undefined || unit > 9 ? undefined : (tens + 2) * 10 + unit;
}

const digitOf = (word: string): number | undefined => (/^[0-9]$/.test(word) ? Number(word) : UNITS.get(word));

function countOf(word: string): number | undefined {
  const count = digitOf(word);
  return count === undefined || count < 2 ? undefined : count;
}
