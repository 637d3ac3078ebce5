import { RE2JS } from 're2js';

/** What a business checks an argument by; a longer one is a program. */
const MAX_LENGTH = 1000;

/**
 * A pattern that somebody else has written, run by an engine whose time goes
 * with the length of the text: Node's own takes hours for some patterns, on the
 * thread that all calls are on. What such an engine cannot do (references to a
 * group, looking ahead and behind) is refused.
 */
export class LinearPattern extends RegExp {
  /** How many steps one character costs at most. */
  readonly steps: number;
  readonly #source: string;
  readonly #engine: RE2JS;

  /** @throws {Error} when it is too long, or no engine of that kind takes it. */
  constructor(source: string) {
    super('');
    if (source.length > MAX_LENGTH)
      throw new Error(`a pattern has more than ${String(MAX_LENGTH)} characters`);
    try {
      this.#engine = RE2JS.compile(RE2JS.translateRegExp(source));
    } catch {
      throw new Error(
        `the pattern ${source.slice(0, 100)} cannot be checked in linear time (no look-around, no references to groups)`,
      );
    }
    this.#source = source;
    this.steps = this.#engine.programSize();
  }

  override test(text: string): boolean {
    return this.#engine.test(text);
  }

  override toString(): string {
    return `/${this.#source}/`;
  }
}
