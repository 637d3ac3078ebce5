import { cutText, MAX_LINE_CHARS } from '../../../protocol/transcript-line.ts';

/** Turns whose words are on their way. There are not many at a time; a far end that tells no end fills no memory. */
const MAX_TURNS = 8;

/** The caller's words as they are being written down, until a turn's words are told as a whole. One per call. */
export class CallerWords {
  readonly #coming = new Map<string, string>();

  /** Adds words to a turn. */
  add(itemId: string, words: string): void {
    const text = (this.#coming.get(itemId) ?? '') + words;
    this.#coming.set(itemId, cutText(text, MAX_LINE_CHARS));
    for (const oldest of this.#coming.keys()) {
      if (this.#coming.size <= MAX_TURNS) return;
      this.#coming.delete(oldest);
    }
  }

  /** The words of a turn are complete, or will not come. */
  settle(itemId: string): void {
    this.#coming.delete(itemId);
  }

  /** What has come of turns that are not settled, by item id, in order. */
  get coming(): ReadonlyMap<string, string> {
    return this.#coming;
  }
}
