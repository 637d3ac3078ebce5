import {
  type Find,
  findCards,
  findCodes,
  findNumbers,
  findPieces,
  longestNumber,
  merged,
  openNumber,
  within,
} from './card-finder.ts';
import { maskJson, withoutFinds } from './card-mask.ts';
import { KeyedEntries } from './keyed-entries.ts';

/** Words of one turn, by whoever spoke. */
export interface SpokenLine {
  readonly role: 'caller' | 'agent';
  readonly itemId: string;
  readonly text: string;
  /** Of the agent: what came and was not heard. */
  readonly unheard?: string;
  /** When it began to be spoken, ms since the Unix epoch. */
  readonly at: number;
}

/** What can be told of a line now, and which earlier lines can be told in full by it. */
export interface Told {
  readonly line: SpokenLine;
  readonly reworded: readonly SpokenLine[];
  /** When the first turn with a part of a card's number began; undefined when this line holds and completes none. */
  readonly cardSince: number | undefined;
  /** There is a number in it, or a part of one. */
  readonly hasDigits: boolean;
}

/** Stands for digits that may be the beginning of a card's number until it is known whether they are. */
export const HELD = '[digits]';

/** Fewer digits at a turn's end begin no number that goes on. */
const MIN_HELD_DIGITS = 3;
/** Turns without digits that may come between two parts of a number: "yes", "hang on". */
const MAX_TURNS_BETWEEN = 2;
/** Turns of the caller's after a card's number in which bare digits are its code. */
const TURNS_OF_A_CODE = 2;
/** The last four digits are nobody's secret: they are on every receipt. */
const OPEN_DIGITS = 4;
/** Numbers that are remembered: of a caller who corrects themselves, or tries another card. */
const MAX_KNOWN = 8;

/** How a line is told after all. */
type Rewording = (held: SpokenLine) => SpokenLine;

/**
 * Keeps card numbers out of what is written down of one call, whoever says them
 * and over however many turns.
 *
 * Digits at the end of a caller's turn may go on in the next. They are held back,
 * and told as `[digits]`, until the caller's next words with digits, until three
 * turns without any, or the end of the call; and with them the agent's lines that
 * repeat them. Then each line is told again: as it was, or without its part of a
 * card's number. A number that is known is recognised in pieces, too; it is kept
 * in memory for as long as the call.
 */
export class CardWatch {
  readonly keys = new KeyedEntries(() => this.isAfterCard);
  readonly #known: string[] = [];
  readonly #codes = new Set<string>();
  /** Lines that are not told in full, in order. */
  #held: SpokenLine[] = [];
  #turnsBetween = 0;
  #turnsSinceCard = Number.POSITIVE_INFINITY;

  /** A card's number was given a moment ago. */
  get isAfterCard(): boolean {
    return this.#turnsSinceCard <= TURNS_OF_A_CODE;
  }

  /** Takes the words of a turn. */
  said(line: SpokenLine): Told {
    return line.role === 'caller' ? this.#callerSaid(line) : this.#agentSaid(line);
  }

  /** Words that are still being spoken, as they may be shown. A number that may be a card's waits for its end. */
  whileSpoken(role: SpokenLine['role'], text: string): string {
    const mayBeCard = role === 'caller' || this.#held.length > 0 || this.isAfterCard;
    if (mayBeCard && longestNumber(text) >= MIN_HELD_DIGITS) return HELD;
    return withoutFinds(text, this.findsIn(text));
  }

  /** A card was keyed in. */
  cardKeyed(): void {
    this.#turnsSinceCard = 0;
  }

  /** What is to go of a text: whole card numbers, and codes and pieces of numbers that are known. */
  readonly findsIn = (text: string): readonly Find[] => this.#findsBeside(findCards(text), text);

  #findsBeside(cards: readonly Find[], text: string): readonly Find[] {
    if (cards.length > 0) return cards;
    const codes = this.#codes.size === 0 ? [] : findNumbers(text, this.#codes);
    return merged([...codes, ...this.#piecesIn(text)], text);
  }

  #piecesIn(text: string): Find[] {
    return this.#known.flatMap((number) =>
      findPieces(text, number, OPEN_DIGITS).filter(
        ({ digits }) => digits.length > OPEN_DIGITS || !number.endsWith(digits),
      ),
    );
  }

  /** A JSON text without what {@link findsIn} finds in its values. */
  readonly maskJson = (json: string): string => maskJson(json, this.findsIn);

  /** The call is over: what is still held is told. */
  release(): readonly SpokenLine[] {
    return this.#tell(() => true);
  }

  #callerSaid(line: SpokenLine): Told {
    this.#turnsSinceCard++;
    const longest = longestNumber(line.text);
    const hasDigits = longest >= (this.#held.length > 0 ? 1 : MIN_HELD_DIGITS);
    if (!hasDigits) {
      const isOver = ++this.#turnsBetween > MAX_TURNS_BETWEEN;
      return {
        line: longest === 0 ? line : this.#masked(line),
        reworded: isOver ? this.release() : [],
        cardSince: undefined,
        hasDigits,
      };
    }
    this.#turnsBetween = 0;
    const turns = new Turns([...this.#held.filter(({ role }) => role === 'caller'), line]);
    const finds = findCards(turns.joined);
    if (finds.length > 0) {
      this.#learn(finds);
      const cardSince =
        turns.lines.find((turn) => within(finds, ...turns.placeOf(turn)).length > 0)?.at ?? line.at;
      const reword: Rewording = (held) =>
        held.role === 'caller'
          ? { ...held, text: withoutFinds(held.text, within(finds, ...turns.placeOf(held))) }
          : this.#masked(held);
      return { line: reword(line), reworded: this.#tell(() => true, reword), cardSince, hasDigits };
    }
    const codes = this.#codesIn(line);
    if (codes.length > 0) {
      for (const { digits } of codes) this.#codes.add(digits);
      return { line: this.#masked(line), reworded: this.release(), cardSince: undefined, hasDigits };
    }
    const open = openNumber(turns.joined);
    const isOpen = open !== undefined && (open.digits.length >= MIN_HELD_DIGITS || turns.lines.length > 1);
    /** The number that may go on reaches back into this turn. */
    const isReached = (turn: SpokenLine) => isOpen && turns.placeOf(turn)[1] > open.start;
    const first = turns.lines.find(isReached);
    const reworded = this.#tell((held) => first === undefined || !isReached(held));
    if (!isReached(line)) return { line: this.#masked(line), reworded, cardSince: undefined, hasDigits };
    this.#held.push(line);
    return { line: this.#withoutEnd(line), reworded, cardSince: undefined, hasDigits };
  }

  #agentSaid(line: SpokenLine): Told {
    const told = { reworded: [], cardSince: undefined, hasDigits: false };
    const cards = findCards(wholeOf(line));
    if (cards.length > 0) {
      this.#learn(cards);
      return { ...told, line: this.#masked(line, cards), cardSince: line.at };
    }
    if (!this.#isEcho(line)) return { ...told, line: this.#masked(line, cards) };
    this.#held.push(line);
    return { ...told, line: { ...line, text: HELD, ...(line.unheard !== undefined && { unheard: HELD }) } };
  }

  /** The agent repeats digits of the caller's that are held. */
  #isEcho(line: SpokenLine): boolean {
    if (this.#held.length === 0) return false;
    const callers = new Turns(this.#held.filter(({ role }) => role === 'caller'));
    const open = openNumber(callers.joined);
    return open !== undefined && findPieces(wholeOf(line), open.digits, MIN_HELD_DIGITS).length > 0;
  }

  /** Tells held lines; the agent's with the caller's last. */
  #tell(
    isDue: (held: SpokenLine) => boolean,
    reword: Rewording = (held) => this.#masked(held),
  ): SpokenLine[] {
    const isCallersLeft = this.#held.some((held) => held.role === 'caller' && !isDue(held));
    const isToldNow = (held: SpokenLine) => (held.role === 'caller' ? isDue(held) : !isCallersLeft);
    const due = this.#held.filter(isToldNow);
    this.#held = this.#held.filter((held) => !isToldNow(held));
    return due.map(reword);
  }

  #learn(finds: readonly Find[]): void {
    for (const { kind, digits } of finds) {
      if (kind === 'code') this.#codes.add(digits);
      else if (!this.#known.includes(digits)) this.#known.push(digits);
    }
    this.#known.splice(0, this.#known.length - MAX_KNOWN);
    this.#turnsSinceCard = 0;
  }

  /** A line as it may be told, by itself. `cards` are the numbers of cards in it, where they are known. */
  #masked(line: SpokenLine, cards?: readonly Find[]): SpokenLine {
    const { text, unheard } = line;
    const whole = wholeOf(line);
    const numbers = this.#findsBeside(cards ?? findCards(whole), whole);
    const finds = numbers.length > 0 ? numbers : this.#codesIn(line);
    return {
      ...line,
      text: withoutFinds(text, within(finds, 0, text.length)),
      ...(unheard !== undefined && {
        unheard: withoutFinds(unheard, within(finds, text.length + 1, whole.length)),
      }),
    };
  }

  #codesIn(line: SpokenLine): readonly Find[] {
    if (this.#turnsSinceCard === Number.POSITIVE_INFINITY) return [];
    return findCodes(wholeOf(line), line.role === 'caller' && this.isAfterCard);
  }

  #withoutEnd(line: SpokenLine): SpokenLine {
    const text = line.text.slice(0, openNumber(line.text)?.start ?? 0);
    return { ...line, text: this.#masked({ ...line, text }).text + HELD };
  }
}

/** Turns of one speaker as one text, a line break between them. */
class Turns {
  readonly lines: readonly SpokenLine[];
  readonly joined: string;

  constructor(lines: readonly SpokenLine[]) {
    this.lines = lines;
    this.joined = lines.map(({ text }) => text.replaceAll('\n', ' ')).join('\n');
  }

  /** Where a turn stands in all of them: `[from, to)`. */
  placeOf(line: SpokenLine): [from: number, to: number] {
    let from = 0;
    for (const { itemId, text } of this.lines) {
      if (itemId === line.itemId) return [from, from + text.length];
      from += text.length + 1;
    }
    return [from, from];
  }
}

const wholeOf = ({ text, unheard }: SpokenLine): string =>
  unheard === undefined ? text : `${text}\n${unheard}`;
