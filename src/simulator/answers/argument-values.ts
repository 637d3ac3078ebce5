import { RE2JS } from 're2js';
import { type Moment, NUMBERS, spelled, valueOf } from '../scenario-values.ts';
import { nameWords, type WantedArgument } from './argument-kinds.ts';
import { trimmed, trimmedEnd } from './trimmed.ts';

/** What may stand around a word. */
const MARKS = `()"“”'«».,;:!?`;

/** A caller's words, and which of them have become a value already: one number is not two arguments. */
export class SaidWords {
  readonly text: string;
  readonly #tokens: readonly string[];
  readonly #used = new Set<number>();

  constructor(text: string) {
    this.text = text;
    this.#tokens = text
      .split(/\s+/)
      .map((token) => trimmed(token, MARKS))
      .filter(Boolean);
  }

  /** The first word that fits and is no value yet; it is one then. */
  take(fits: (token: string) => boolean): string | undefined {
    const at = this.#tokens.findIndex((token, i) => !this.#used.has(i) && fits(token));
    if (at >= 0) this.#used.add(at);
    return this.#tokens[at];
  }
}

const DAY = /\b(?:today|tomorrow|(?:next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b/;
const HOUR = NUMBERS.slice(1).join('|');
const TIME = `(?:(?:${HOUR})(?: (?:thirty|fifteen|forty five|o'clock))?(?: in the (?:morning|afternoon|evening))?|noon)`;
/** A bare number is a time only behind "at", or when nothing else was said. */
const SAID_TIME = new RegExp(
  `^(${TIME})$|\\b(?:at|around) (${TIME})\\b|\\b((?:${HOUR}) (?:o'clock|thirty|fifteen|forty five|in the)\\b.*|noon)`,
);

/**
 * The value of an argument in what the caller said; undefined where it is not
 * found. Only what is plain to see is taken: the rest is asked for.
 */
export function valueIn(said: SaidWords, wanted: WantedArgument, moment: Moment): unknown {
  const small = said.text.toLowerCase();
  switch (wanted.kind) {
    case 'choice':
      return choiceIn(small, wanted.choices);
    case 'truth':
      return undefined; // Nobody says it unasked.
    case 'number': {
      if (!wanted.isRequired && !namesIt(small, wanted)) return undefined;
      return numberOf(said.take((token) => numberOf(token, wanted) !== undefined) ?? '', wanted);
    }
    case 'date': {
      const written = said.take((token) => /^\d{4}-\d\d-\d\d$/.test(token));
      const day = DAY.exec(small)?.[0];
      return written ?? (day === undefined ? undefined : valueOf('date', day, moment));
    }
    case 'time': {
      const written = said.take((token) => /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(token));
      const time = SAID_TIME.exec(spelled(said.text))?.slice(1).find(Boolean);
      return written ?? (time === undefined ? undefined : valueOf('time', time, moment));
    }
    case 'email':
      return said.take((token) => /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(token));
    case 'code':
      return wanted.isRequired || namesIt(small, wanted) ? codeIn(said, wanted.pattern) : undefined;
    case 'name':
      return NAMED.exec(said.text)?.[1];
    case 'text':
      return textIn(said.text, wanted);
  }
}

/** The value of an argument in the answer to the question for it: there the whole answer may be it. */
export function valueOfAnswer(answer: string, wanted: WantedArgument, moment: Moment): unknown {
  const said = new SaidWords(answer);
  if (wanted.kind === 'truth') {
    if (/^(?:yes|yeah|yep|sure|true|right)\b/i.test(answer)) return true;
    return /^(?:no|nope|false)\b/i.test(answer) ? false : undefined;
  }
  const found = valueIn(said, { ...wanted, isRequired: true }, moment);
  if (!['name', 'text', 'code'].includes(wanted.kind)) return found;
  const bare = trimmedEnd(
    answer.replace(/^(?:it is|it's|that is|(?:my|the) [a-z ]{1,30}? is|for|in) /i, ''),
    '.!? ',
  );
  // Few words are the value itself: `B 22`.
  const isShort = bare.split(/\s+/).length <= 2;
  if (found !== undefined && !isShort) return found;
  return bare === '' || !matches(wanted.pattern, bare) ? found : bare;
}

function choiceIn(text: string, choices: readonly unknown[]): unknown {
  const said = ` ${plain(text)} `;
  const byLength = choices.toSorted((a, b) => String(b).length - String(a).length);
  return (
    byLength.find((choice) => said.includes(` ${plain(String(choice))} `)) ??
    byLength.find((choice) => said.includes(` ${plain(String(choice))}s `))
  );
}

/** Letters and digits only, so that `check-up`, `check_up` and "check up" are one. */
const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

function numberOf(token: string, { isWhole }: Pick<WantedArgument, 'isWhole'>): number | undefined {
  const named = NUMBERS.indexOf(token.toLowerCase());
  const value = named >= 0 ? named : /^-?\d+(?:\.\d+)?$/.test(token) ? Number(token) : undefined;
  return value === undefined || (isWhole && !Number.isInteger(value)) ? undefined : value;
}

/** A word with a digit in it, such as `A-17`; digits that were said one by one are one number. */
function codeIn(said: SaidWords, pattern: string | undefined): string | undefined {
  const fits = (token: string) => /\d/.test(token) && matches(pattern, token);
  const written = said.take(fits) ?? said.take((token) => fits(token.toUpperCase()))?.toUpperCase();
  if (written !== undefined) return written;
  const digit = NUMBERS.slice(0, 10).join('|');
  const spoken = new RegExp(`\\b(?:${digit})(?: (?:${digit}))+\\b`).exec(said.text.toLowerCase())?.[0];
  const digits =
    spoken === undefined
      ? undefined
      : spoken
          .split(' ')
          .map((word) => String(NUMBERS.indexOf(word)))
          .join('');
  return digits !== undefined && matches(pattern, digits) ? digits : undefined;
}

/** A pattern is somebody else's: RE2 runs it in linear time. One that RE2 does not know refuses nothing here; the tool does. */
function matches(pattern: string | undefined, value: string): boolean {
  if (pattern === undefined) return true;
  try {
    return RE2JS.compile(pattern).matcher(value).find();
  } catch {
    return true;
  }
}

const NAMED = /\b(?:name is|i am|i'm|this is|under|for)\s+(\p{Lu}[\p{L}'-]*(?:\s+\p{Lu}[\p{L}'-]*)*)/iu;
/** What stands in quotes; else what follows the argument's own name; else, of the one that must be there, what follows a preposition. */
function textIn(text: string, wanted: WantedArgument): string | undefined {
  const quoted = text.split(/["“”«»]/);
  if (quoted.length > 2) return quoted[1];
  const own = nameWords(wanted.name).join('[ _-]');
  const after =
    behind(text, new RegExp(`\\b${own}(?: is)?:? `, 'i')) ??
    (wanted.isRequired
      ? behind(text, /\b(?:in|of|about|called|named|for) (?:the |an? )?(?!me\b|my\b)/i)
      : undefined);
  if (after === undefined) return undefined;
  const value = trimmedEnd(trimmedEnd(after, '.!? ').replace(/,? please$/i, ''), '.!? ');
  return value === '' ? undefined : value;
}

/** What follows a match. */
function behind(text: string, place: RegExp): string | undefined {
  const found = place.exec(text);
  return found === null ? undefined : text.slice(found.index + found[0].length);
}

/** Whether the caller said the argument's name. */
const namesIt = (text: string, { name }: WantedArgument) =>
  nameWords(name).some((word) => word.length > 2 && text.includes(word));
