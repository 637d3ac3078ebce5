/** How long what was said stands, in ms: an agreement is about what both still have in their ears. */
const FRESH_MS = 120_000;

interface Heard {
  readonly at: number;
  readonly words: ReadonlySet<string>;
  /** How many turns the caller had taken by then. */
  readonly turns: number;
}

/** What a call's policy needs of the conversation: who spoke after whom, and which words the caller heard. */
export class RecentWords {
  #turns = 0;
  #heard: readonly Heard[] = [];

  /** How many turns the caller has taken. */
  get turns(): number {
    return this.#turns;
  }

  callerSpoke(): void {
    this.#turns += 1;
  }

  /** The caller heard these words of the agent. */
  agentSaid(text: string, at: number): void {
    const words = new Set(wordsOf(text));
    if (words.size === 0) return;
    const kept = this.#heard.filter((heard) => heard.at > at - FRESH_MS);
    this.#heard = [...kept, { at, words, turns: this.#turns }];
  }

  /**
   * Whether the caller spoke after the agent had said more than half of the words, since a
   * time and not longer ago than two minutes. Without words anything that was said counts.
   */
  wasAgreed(words: readonly string[], sinceMs: number, nowMs: number): boolean {
    const since = Math.max(sinceMs, nowMs - FRESH_MS);
    const answered = this.#heard.filter(({ at, turns }) => at >= since && turns < this.#turns);
    if (answered.length === 0) return false;
    const wanted = new Set(words);
    const said = [...wanted].filter((word) => answered.some((heard) => heard.words.has(word)));
    return wanted.size === 0 || said.length * 2 > wanted.size;
  }
}

/** The words of a text that are worth recognising: three letters or digits and more, in lower case. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]{3,}/gu) ?? []
  );
}
