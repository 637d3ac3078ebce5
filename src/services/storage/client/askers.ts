import { EngineError } from '../../../errors.ts';

interface Asker {
  resolve(result: unknown): void;
  reject(error: EngineError): void;
  /** Asked for a transaction that is kept: it need not be durable to be answered. */
  readonly isKept: boolean;
}

/** Who waits for an answer of the journal's thread, by the id of what was asked. */
export class Askers {
  readonly #waiting = new Map<number, Asker>();

  /** Resolves with the answer to what has this id. */
  wait(id: number, isKept: boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, isKept });
    });
  }

  /** Who is to be answered; undefined when nobody waits any more. */
  take(id: number): Asker | undefined {
    const asker = this.#waiting.get(id);
    this.#waiting.delete(id);
    return asker;
  }

  /** Whoever told what is kept goes on: it is written down in the end. Nobody else does. */
  dismiss(id: number): void {
    if (this.#waiting.get(id)?.isKept === true) this.take(id)?.resolve(undefined);
  }

  dismissAll(): void {
    for (const id of this.#waiting.keys()) this.dismiss(id);
  }

  rejectAll(error: EngineError): void {
    for (const asker of this.#waiting.values()) asker.reject(error);
    this.#waiting.clear();
  }
}

/** What is asked, as it is sent and counted: as it was when it was asked. */
export function jsonOf(name: string, args: unknown): string {
  try {
    return JSON.stringify(args);
  } catch (cause) {
    throw new EngineError('INTERNAL', `the arguments of ${name} are not JSON`, { cause });
  }
}
