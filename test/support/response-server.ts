/**
 * A far end that makes responses, as the service does: one at a time, some by
 * itself, and everything takes a while on the wire. Both directions keep their order.
 */
export class ResponseServer {
  /** Requests that have not arrived. */
  readonly #up: string[] = [];
  /** Answers that have not arrived. */
  readonly #down: ServerNews[] = [];
  readonly #repeatsTags: boolean;
  #active: string | undefined;
  #lastId = 0;
  /** Tags for which a response was made. */
  readonly made: string[] = [];

  constructor(repeatsTags: boolean) {
    this.#repeatsTags = repeatsTags;
  }

  /** Sent and without an answer that has arrived. */
  get inFlight(): number {
    return this.#up.length + this.#down.filter(({ about }) => about !== undefined).length;
  }

  get isQuiet(): boolean {
    return this.#up.length === 0 && this.#down.length === 0 && this.#active === undefined;
  }

  receive(tag: string): void {
    this.#up.push(tag);
  }

  /** The next request arrives. */
  takeRequest(): void {
    const tag = this.#up.shift();
    if (tag === undefined) return;
    if (this.#active !== undefined) {
      this.#down.push({ type: 'refused', tag, about: tag });
      return;
    }
    this.made.push(tag);
    this.#begin(tag);
  }

  /** A response of its own, as when a caller's turn has ended. */
  beginOwn(): void {
    if (this.#active === undefined) this.#begin(undefined);
  }

  finish(): void {
    if (this.#active === undefined) return;
    this.#down.push({ type: 'done', id: this.#active, about: undefined });
    this.#active = undefined;
  }

  /** The next piece of news arrives. */
  deliver(): ServerNews | undefined {
    return this.#down.shift();
  }

  #begin(tag: string | undefined): void {
    this.#active = `r${String(++this.#lastId)}`;
    this.#down.push({
      type: 'created',
      id: this.#active,
      tag: this.#repeatsTags ? (tag ?? null) : undefined,
      about: tag,
    });
  }
}

type ServerNews = (
  | { readonly type: 'created'; readonly id: string; readonly tag: string | null | undefined }
  | { readonly type: 'done'; readonly id: string }
  | { readonly type: 'refused'; readonly tag: string }
) & {
  /** The request that it answers, which only the test may know. */
  readonly about: string | undefined;
};
