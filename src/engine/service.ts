/**
 * A part of the engine that holds something open. Its builder has opened what it needs; from then on the engine calls
 * these three, each once.
 */
export interface Service {
  /** For the log: one word. */
  readonly name: string;
  /** Begins to work: everything it works with is there. */
  start?(): void;
  /** Takes no new work, and ends what it has in hand within `withinMs`, in milliseconds. */
  drain?(withinMs: number): Promise<void>;
  /** Lets go of everything. Work that is still in hand is lost. */
  stop(): Promise<void>;
}

/**
 * The parts of a running engine, in the order in which one needs the other: started and drained in this order, stopped
 * in reverse. One that does not stop keeps none of the others from it.
 */
export class Services {
  readonly #parts: Service[] = [];

  /** Builds them. What half of it holds open would keep the process from ending: it is let go of when the rest cannot be built. */
  async build<Whole>(build: (services: this) => Promise<Whole>): Promise<Whole> {
    try {
      return await build(this);
    } catch (thrown) {
      await this.stop();
      throw thrown;
    }
  }

  /** Puts a part on top of those that it needs. */
  add<Part extends { readonly service: Service }>(part: Part): Part {
    this.#parts.push(part.service);
    return part;
  }

  start(): void {
    for (const part of this.#parts) part.start?.();
  }

  async drain(withinMs: number): Promise<void> {
    for (const part of this.#parts) await part.drain?.(withinMs);
  }

  /** @throws what the first part threw that did not stop, when all have been asked. Twice is once. */
  async stop(): Promise<void> {
    const failed: unknown[] = [];
    for (const part of this.#parts.splice(0).reverse())
      await part.stop().catch((thrown: unknown) => failed.push(thrown));
    if (failed.length > 0) throw failed[0];
  }
}
