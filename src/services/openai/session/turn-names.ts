interface OpenTurn {
  readonly name: string;
  /** The far end has named it. */
  isNamed: boolean;
  hasStopped: boolean;
}

/** What this side calls turns that the far end does not name. */
const OWN = 'callchart_turn_';

/**
 * Which of the caller's turns an event is of. The service names the turn in each;
 * look-alikes leave the name out of some events, or of all: then it is the turn that
 * is spoken, and of words the oldest one whose words have not come. A name that comes
 * later than its turn is bound to it, so that a turn has one name throughout.
 */
export class TurnNames {
  readonly #bound = new Map<string, string>();
  readonly #wordless: string[] = [];
  #open: OpenTurn | undefined;
  #last: string | undefined;
  readonly #own: string;
  #unnamed = 0;

  /** @param ordinal - which session of the call it is: a turn of another one has another name. */
  constructor(ordinal: number) {
    this.#own = ordinal === 1 ? OWN : `${OWN}${String(ordinal)}_`;
  }

  /** Turns that are in the conversation, and whose words have not come. */
  get wordless(): readonly string[] {
    return this.#wordless;
  }

  /** A turn has begun, and is not in the conversation yet. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  started(told: string | undefined): string {
    const open = this.#open;
    if (told === undefined && open !== undefined && !open.hasStopped) return open.name;
    return this.#begin(told === undefined ? undefined : this.#nameOf(told));
  }

  stopped(told: string | undefined): string {
    const name = this.#spoken(told);
    if (this.#open?.name === name) this.#open.hasStopped = true;
    return name;
  }

  committed(told: string | undefined): string {
    const name = this.#spoken(told);
    if (this.#open?.name === name) this.#open = undefined;
    if (name !== this.#last) this.#wordless.push(name);
    this.#last = name;
    return name;
  }

  /** Whose words are coming; undefined where nobody says, for there is no telling when that changes. */
  wording(told: string | undefined): string | undefined {
    return told === undefined ? undefined : this.#nameOf(told);
  }

  /** Whose words came, or failed to. */
  worded(told: string | undefined): string {
    const [oldest] = this.#wordless;
    if (told !== undefined && oldest?.startsWith(OWN) && !this.#bound.has(told))
      this.#bound.set(told, oldest);
    const named = told === undefined ? undefined : this.#spoken(told);
    const name = named ?? oldest ?? this.#last ?? this.#spoken(undefined);
    const at = this.#wordless.indexOf(name);
    if (at !== -1) this.#wordless.splice(at, 1);
    return name;
  }

  /** The turn that is spoken, where no other is meant. */
  #spoken(told: string | undefined): string {
    const open = this.#open;
    if (told === undefined) return open?.name ?? this.#begin(undefined);
    const known = this.#bound.get(told);
    if (known !== undefined) return known;
    if (open === undefined || open.isNamed) return told;
    open.isNamed = true;
    this.#bound.set(told, open.name);
    return open.name;
  }

  #nameOf(told: string): string {
    return this.#bound.get(told) ?? told;
  }

  #begin(named: string | undefined): string {
    const name = named ?? `${this.#own}${String(++this.#unnamed)}`;
    this.#open = { name, isNamed: named !== undefined, hasStopped: false };
    return name;
  }
}
