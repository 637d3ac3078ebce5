import type { AgentProfile } from '../../../protocol/agent-profile.ts';
import { primaryLanguage } from './spoken-language.ts';

/** A name, a greeting, a thank you have fewer words: they say nothing about what the caller wants to speak. */
const CLEAR_WORDS = 3;

// Also for languages that put no spaces between words.
const WORDS = new Intl.Segmenter(undefined, { granularity: 'word' });

/**
 * The language that a call is held in, by what the transcription tells.
 *
 * The first clear words of the caller decide, and later ones change it again.
 * Where the transcription tells no language this knows nothing, and the prompt's
 * own rule is all there is. One per call: the next session goes on in it.
 */
export class CallerLanguage {
  #current: string | undefined;

  /** The language that the caller was heard to speak, by its English name; undefined while that is the profile's own. */
  get current(): string | undefined {
    return this.#current;
  }

  /**
   * Takes the words of one turn.
   * @returns the language to be spoken from now on, by its English name, when these words change it.
   */
  heard(text: string, tag: string | undefined, rules: AgentProfile['language']): string | undefined {
    if (tag === undefined || rules.switch === 'never' || countWords(text) < CLEAR_WORDS) return undefined;
    const home = primaryLanguage(rules.default);
    const spoken = primaryLanguage(tag);
    const mayBe =
      rules.allowed.length === 0 || [home, ...rules.allowed.map(primaryLanguage)].includes(spoken);
    if (!mayBe || spoken === (this.#current ?? home)) return undefined;
    this.#current = spoken === home ? undefined : spoken;
    return spoken;
  }
}

function countWords(text: string): number {
  return [...WORDS.segment(text)].filter(({ isWordLike }) => isWordLike === true).length;
}
