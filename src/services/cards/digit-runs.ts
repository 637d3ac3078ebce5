import { foldWord, mayHoldNumber, readNumber } from './number-words.ts';

/** Digits that were written or said in one piece. */
export interface DigitGroup {
  readonly digits: string;
  /** Where it stands in the text: `[start, end)`. */
  readonly start: number;
  readonly end: number;
}

/** Groups of digits that follow one another, with nothing but pauses between them. */
export interface DigitRun {
  readonly groups: readonly DigitGroup[];
  /** True when it begins with `+`, like a telephone number. */
  readonly isPhone: boolean;
}

type PieceKind = 'digits' | 'word' | 'gap' | 'stop';

interface Piece {
  readonly kind: PieceKind;
  readonly text: string;
  readonly start: number;
}

const PIECES = /\p{Nd}+|[\p{L}\p{M}]+|\s+|[^]/gu;
/** What may stand between two groups of one number. */
const MARKS = /^[\p{Pd}\s.,/_·•*|;()'"’…\u00AD\u200B-\u200D\u2060−]+$/u;
const PAUSES = new Set([
  ...['and', 'then', 'uh', 'um', 'er', 'erm', 'hm', 'mm', 'ah', 'ok', 'okay', 'yes', 'yeah'],
  ...['dash', 'hyphen', 'space', 'dot', 'next', 'comma', 'slash'],
  ...['und', 'dann', 'aeh', 'aehm', 'oeh', 'ja', 'strich', 'bindestrich', 'leerzeichen', 'komma', 'punkt'],
]);
/** "One moment, please." */
const ONE_OF_NO_NUMBER = new Set(['moment', 'second', 'sec', 'minute', 'more', 'thing', 'time']);
/** A turn that goes on with a number begins and ends with a few words of others: "okay, the next is 1111, got it". */
const WORDS_AT_A_BREAK = 4;
const BREAK = '\n';

/** Finds all runs of digits in a text, in order. A line break is where one turn ends and the next begins. */
export function digitRuns(text: string): DigitRun[] {
  if (!mayHoldNumber(text)) return [];
  const pieces = withBreaksOpened(piecesOf(text));
  const runs: DigitRun[] = [];
  let groups: DigitGroup[] = [];
  let isPhone = false;
  const close = () => {
    if (groups.length > 0) runs.push({ groups, isPhone });
    groups = [];
    isPhone = false;
  };
  for (let i = 0; i < pieces.length;) {
    const piece = pieces[i];
    if (piece === undefined) break;
    const number = numberAt(pieces, i);
    if (number !== undefined) {
      const last = pieces[i + number.pieces - 1] ?? piece;
      groups.push({ digits: number.digits, start: piece.start, end: last.start + last.text.length });
      i += number.pieces;
      continue;
    }
    if (piece.kind === 'stop' || piece.kind === 'word') {
      close();
      isPhone = piece.text === '+' || piece.text === 'plus';
    }
    i++;
  }
  close();
  return runs;
}

/** How many words, and marks that are none, may stand between the last digits and the end of a turn. */
export function isTail(text: string, from: number): boolean {
  let words = 0;
  for (const [found] of text.slice(from).matchAll(PIECES)) {
    const kind = kindOf(found);
    if ((kind === 'word' || kind === 'stop') && ++words > WORDS_AT_A_BREAK) return false;
  }
  return true;
}

const piecesOf = (text: string): Piece[] =>
  Array.from(text.matchAll(PIECES), ({ 0: found, index }) => ({
    kind: kindOf(found),
    text: found,
    start: index,
  }));

function kindOf(found: string): PieceKind {
  if (/^\p{Nd}/u.test(found)) return 'digits';
  if (/^[\p{L}\p{M}]/u.test(found)) return PAUSES.has(foldWord(found)) ? 'gap' : 'word';
  return MARKS.test(found) ? 'gap' : 'stop';
}

/** The few words on both sides of a line break stand in no number's way. */
function withBreaksOpened(pieces: readonly Piece[]): Piece[] {
  const opened = [...pieces];
  const open = (from: number, step: 1 | -1) => {
    for (let i = from, left = WORDS_AT_A_BREAK; left > 0; i += step) {
      const piece = opened[i];
      if (piece === undefined || numberAt(pieces, i) !== undefined || piece.text.includes(BREAK)) return;
      if (piece.kind === 'gap') continue;
      if (piece.text === '+') return;
      opened[i] = { ...piece, kind: 'gap' };
      left--;
    }
  };
  for (const [i, piece] of pieces.entries()) {
    if (!piece.text.includes(BREAK)) continue;
    open(i - 1, -1);
    open(i + 1, 1);
  }
  return opened;
}

/** The number that begins at a piece, and how many pieces it takes. */
function numberAt(pieces: readonly Piece[], at: number): { digits: string; pieces: number } | undefined {
  const first = pieces[at];
  if (first === undefined || first.kind === 'stop') return undefined;
  if (first.kind === 'gap' && !isLetter(first.text)) return undefined;
  /** Places of the words and digits from here on, with spaces and hyphens between them. */
  const places = [at];
  const wordAt = (place: number): string | undefined => {
    while (places.length <= place) {
      let next = (places.at(-1) ?? at) + 1;
      while (isJoint(pieces[next])) next++;
      places.push(next);
    }
    const piece = pieces[places[place] ?? -1];
    if (piece === undefined || piece.kind === 'stop') return undefined;
    return piece.kind === 'digits' ? asciiDigits(piece.text) : foldWord(piece.text);
  };
  if (wordAt(0) === 'one' && ONE_OF_NO_NUMBER.has(wordAt(1) ?? '')) return undefined;
  const said = readNumber(wordAt);
  if (said !== undefined) {
    const last = places[said.words - 1] ?? at;
    return { digits: said.digits, pieces: last - at + 1 };
  }
  return first.kind === 'digits' ? { digits: asciiDigits(first.text), pieces: 1 } : undefined;
}

const isLetter = (text: string) => /^\p{L}/u.test(text);
const isJoint = (piece: Piece | undefined) =>
  piece !== undefined && /^(?:[ \u00A0]+|\p{Pd})$/u.test(piece.text);

/** Digits of any script as 0 to 9: each script has its ten in a row. */
const asciiDigits = (text: string): string =>
  /^[0-9]+$/.test(text) ? text : Array.from(text, (digit) => String(valueOf(digit))).join('');

function valueOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero--;
  return (code - zero) % 10;
}
