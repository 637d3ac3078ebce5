/** A call that wants a line, or has one. */
interface Holder {
  /** Who is counted: a number, empty for everybody who withholds theirs. Absent: nobody. */
  readonly caller: string | undefined;
  /** How many hold the line for it: webhooks that are being answered, and the call itself. */
  holds: number;
}

/**
 * The lines of this process, and who has them. A call has one from the moment
 * it is asked for, so that two that ring at once do not both get the last; and
 * one only, however often the carrier asks about it.
 */
export class Lines {
  readonly #holders = new Map<string, Holder>();
  readonly #ofCaller = new Map<string, number>();

  get taken(): number {
    return this.#holders.size;
  }

  has(callSid: string): boolean {
    return this.#holders.has(callSid);
  }

  takenBy(caller: string): number {
    return this.#ofCaller.get(caller) ?? 0;
  }

  /** Takes the line of a call, or one more hold on it. Each is let go once. */
  hold(callSid: string, caller: string | undefined): void {
    const holder = this.#holders.get(callSid);
    if (holder !== undefined) {
      holder.holds++;
      return;
    }
    this.#holders.set(callSid, { caller, holds: 1 });
    if (caller !== undefined) this.#ofCaller.set(caller, this.takenBy(caller) + 1);
  }

  letGo(callSid: string): void {
    const holder = this.#holders.get(callSid);
    if (holder === undefined || --holder.holds > 0) return;
    this.#holders.delete(callSid);
    const { caller } = holder;
    if (caller === undefined) return;
    const left = this.takenBy(caller) - 1;
    if (left > 0) this.#ofCaller.set(caller, left);
    else this.#ofCaller.delete(caller);
  }
}
