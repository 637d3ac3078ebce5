/** Called with the wrong count: something was closed that was not open. */
export type OnMiscount = (count: string) => void;

/**
 * How many of one thing are open. One that is closed and was not open is told
 * as a miscount, and counts for nothing: the next ones are right again.
 */
export class OpenCount {
  readonly #name: string;
  readonly #onMiscount: OnMiscount;
  #open = 0;

  /** @param name - what is counted, for whoever hears of a miscount. */
  constructor(name: string, onMiscount: OnMiscount) {
    this.#name = name;
    this.#onMiscount = onMiscount;
  }

  get open(): number {
    return this.#open;
  }

  opened(): void {
    this.#open++;
  }

  closed(): void {
    if (this.#open === 0) this.#onMiscount(this.#name);
    else this.#open--;
  }
}
