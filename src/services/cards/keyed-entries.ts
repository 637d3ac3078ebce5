import { findCards, findCodes } from './card-finder.ts';
import { REMOVED } from './card-mask.ts';

/** What a caller keyed in, as it may be told. */
export interface KeyedEntry {
  readonly text: string;
  /** What was removed; undefined for an entry that is told as it was keyed. */
  readonly removed: 'card' | 'code' | undefined;
}

/** How the chart tells the model of an entry. */
const KEYPAD = '[keypad] ';
/** An entry that ends by a pause can go on in the next ones. */
const ENTRIES_OF_ONE_NUMBER = 4;

export const isKeyed = (text: string): boolean => text.startsWith(KEYPAD);

/**
 * The entries of one call's keypad, each told once and in order.
 *
 * A card's number that is cut by pauses is known with its last part; that and
 * every part of it that is still to come is removed.
 */
export class KeyedEntries {
  readonly #isAfterCard: () => boolean;
  readonly #parts: string[] = [];
  #last: { readonly text: string; readonly entry: KeyedEntry } | undefined;
  #hasCard = false;

  /** @param isAfterCard - asked whether the call has had a card's number a moment ago: what follows can be its code. */
  constructor(isAfterCard: () => boolean) {
    this.#isAfterCard = isAfterCard;
  }

  /** The entry that was taken last, for whoever hears of it after the first. */
  again(text: string): KeyedEntry {
    return this.#last?.text === text ? this.#last.entry : this.take(text);
  }

  /** @param text - as the chart tells it to the model. */
  take(text: string): KeyedEntry {
    const entry = this.#judge(text);
    this.#last = { text, entry };
    return entry;
  }

  #judge(text: string): KeyedEntry {
    const entry = text.slice(KEYPAD.length).replaceAll('*', ' ');
    this.#parts.push(entry);
    if (this.#parts.length > ENTRIES_OF_ONE_NUMBER) this.#parts.shift();
    const isCard = this.#parts.some((_, from) => findCards(this.#parts.slice(from).join(' ')).length > 0);
    if (isCard) {
      this.#parts.length = 0;
      this.#hasCard = true;
      return { text: KEYPAD + REMOVED.card, removed: 'card' };
    }
    if ((this.#hasCard || this.#isAfterCard()) && findCodes(entry, true).length > 0) {
      return { text: KEYPAD + REMOVED.code, removed: 'code' };
    }
    return { text, removed: undefined };
  }

  /** The caller speaks: what was keyed before stands for itself. */
  spoken(): void {
    this.#parts.length = 0;
    this.#hasCard = false;
  }
}
