import { isRefusable, type TransactRequest, type WriteRequest } from '../sqlite/journal-messages.ts';

interface Waiting {
  readonly write: WriteRequest;
  readonly bytes: number;
  /** When it was put in, in ms. */
  readonly since: number;
}

/**
 * The writes that are not known to be durable, in order: those the thread has,
 * and behind them those it does not have yet.
 *
 * The thread is given a bounded part at a time. So a disk that refuses fills
 * this queue and not the thread's, and a thread that died is given its part again.
 */
export class JournalTail {
  readonly #windowBytes: number;
  #sent = new Map<number, Waiting>();
  #unsent = new Map<number, Waiting>();
  #sentBytes = 0;
  #bytes = 0;

  /** @param windowBytes - what the thread may have at once; one write always fits. */
  constructor(windowBytes: number) {
    this.#windowBytes = windowBytes;
  }

  /** Bytes of everything that waits. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Writes that wait. */
  get size(): number {
    return this.#sent.size + this.#unsent.size;
  }

  /** Everything that waits, in order. */
  *writes(): IterableIterator<WriteRequest> {
    for (const waiting of [this.#sent, this.#unsent]) for (const { write } of waiting.values()) yield write;
  }

  /** What waits longest: its id, and since when. */
  get oldest(): { readonly id: number; readonly since: number } | undefined {
    const first = firstOf(this.#sent) ?? firstOf(this.#unsent);
    return first && { id: first.write.id, since: first.since };
  }

  add(write: WriteRequest, bytes: number, since: number): void {
    this.#unsent.set(write.id, { write, bytes, since });
    this.#bytes += bytes;
  }

  /** Hands out the next write for the thread; undefined when it has all, or enough for now. */
  next(): WriteRequest | undefined {
    const waiting = firstOf(this.#unsent);
    if (waiting === undefined) return undefined;
    if (this.#sent.size > 0 && this.#sentBytes + waiting.bytes > this.#windowBytes) return undefined;
    this.#unsent.delete(waiting.write.id);
    this.#sent.set(waiting.write.id, waiting);
    this.#sentBytes += waiting.bytes;
    return waiting.write;
  }

  /** The thread has answered for this write: it waits no longer. */
  settle(id: number): void {
    const waiting = this.#sent.get(id);
    if (waiting === undefined) return;
    this.#sent.delete(id);
    this.#sentBytes -= waiting.bytes;
    this.#bytes -= waiting.bytes;
  }

  /** The thread is a new one: everything is to be given again, in the same order and under the same ids. */
  rewind(): void {
    this.#unsent = new Map([...this.#sent, ...this.#unsent]);
    this.#sent = new Map();
    this.#sentBytes = 0;
  }

  /** Takes out the transactions that the thread does not have. Rows stay, and what is kept like them. */
  refuseUnsent(): TransactRequest[] {
    const refused: TransactRequest[] = [];
    for (const [id, { write, bytes }] of this.#unsent) {
      if (!isRefusable(write)) continue;
      this.#unsent.delete(id);
      this.#bytes -= bytes;
      refused.push(write);
    }
    return refused;
  }
}

const firstOf = (waiting: ReadonlyMap<number, Waiting>) => waiting.values().next().value;
