import { RE2JS } from 're2js';
import { type Phrase, readPhrase, toPattern } from './scenario-phrases.ts';
import { spelled } from './scenario-values.ts';
import type { Intent, Scenario } from './scenario.ts';

/** One to four words that no list holds. */
const ANY_WORDS = "|[a-z']+ (?:[a-z']+ ){0,3}";

export interface Match {
  readonly intent: Intent;
  /** The words of each slot that was filled. */
  readonly slots: ReadonlyMap<string, string>;
  /** How much of what was said the phrase is: 1 when it is the whole of it. */
  readonly share: number;
}

interface Pattern {
  readonly intent: Intent;
  /** The phrase and nothing else; and the phrase anywhere, not in the middle of a word. */
  readonly whole: RE2JS;
  readonly within: RE2JS;
  /** Slot names in the order of the groups. */
  readonly groups: readonly string[];
}

/** Finds what was meant by words, recognised or typed. */
export class ScenarioMatcher {
  readonly #patterns: readonly Pattern[];

  constructor({ intents, slots }: Scenario) {
    const rules = new Map<string, Phrase>(
      Object.entries(slots).map(([name, { phrase }]) => [name, readPhrase(phrase)]),
    );
    const inner = (name: string): string => {
      const rule = rules.get(name);
      if (rule === undefined) return '';
      return `(?:${toPattern(rule, inner)}${slots[name]?.open === true ? ANY_WORDS : ''})`;
    };
    this.#patterns = intents.flatMap((intent) =>
      intent.phrases.map((text) => {
        const groups: string[] = [];
        const source = toPattern(readPhrase(text), (name) => {
          groups.push(name);
          return `(${inner(name)})`;
        });
        // In linear time: whoever writes a scenario may repeat what repeats.
        const whole = RE2JS.compile(`^(?:${source})$`);
        const within = RE2JS.compile(`(?<![a-z'])(?:${source})`, RE2JS.LOOKBEHINDS);
        return { intent, whole, within, groups };
      }),
    );
  }

  /** The intent whose phrase is the whole of the words; else the one with the longest phrase inside them. */
  match(text: string): Match | undefined {
    const words = `${spelled(text)} `;
    for (const pattern of this.#patterns) {
      const found = groupsOf(pattern.whole, words);
      if (found !== null) return matchOf(pattern, found, 1);
    }
    let longest = '';
    let match: Match | undefined;
    for (const pattern of this.#patterns) {
      const found = groupsOf(pattern.within, words);
      const [whole = ''] = found ?? [];
      if (found === null || whole.length <= longest.length) continue;
      longest = whole;
      match = matchOf(pattern, found, whole.length / words.length);
    }
    return match;
  }
}

/** What was found, and what each group of it; null when it was not. */
const groupsOf = (pattern: RE2JS, words: string) =>
  pattern.exec(words) as readonly (string | undefined)[] | null;

function matchOf({ intent, groups }: Pattern, found: readonly (string | undefined)[], share: number): Match {
  const slots = new Map<string, string>();
  groups.forEach((name, i) => {
    const words = found[i + 1]?.trim();
    if (words !== undefined && words !== '') slots.set(name, words);
  });
  return { intent, slots, share };
}
