import { type Phrase, readPhrase, toPattern } from './scenario-phrases.ts';
import { spelled } from './scenario-values.ts';
import type { Intent, Scenario } from './scenario.ts';

export interface Match {
  readonly intent: Intent;
  /** The words of each slot that was filled. */
  readonly slots: ReadonlyMap<string, string>;
}

interface Pattern {
  readonly intent: Intent;
  readonly source: string;
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
      return rule === undefined ? '' : `(?:${toPattern(rule, inner)})`;
    };
    this.#patterns = intents.flatMap((intent) =>
      intent.phrases.map((text) => {
        const groups: string[] = [];
        const source = toPattern(readPhrase(text), (name) => {
          groups.push(name);
          return `(${inner(name)})`;
        });
        return { intent, source, groups };
      }),
    );
  }

  /** The intent whose phrase is the whole of the words; else the one with the longest phrase inside them. */
  match(text: string): Match | undefined {
    const words = `${spelled(text)} `;
    for (const pattern of this.#patterns) {
      const found = new RegExp(`^(?:${pattern.source})$`).exec(words);
      if (found !== null) return matchOf(pattern, found);
    }
    let longest = '';
    let match: Match | undefined;
    for (const pattern of this.#patterns) {
      const found = new RegExp(`(?<![a-z'])(?:${pattern.source})`).exec(words);
      if (found === null || found[0].length <= longest.length) continue;
      longest = found[0];
      match = matchOf(pattern, found);
    }
    return match;
  }
}

function matchOf({ intent, groups }: Pattern, found: RegExpExecArray): Match {
  const slots = new Map<string, string>();
  groups.forEach((name, i) => {
    const words = found[i + 1]?.trim();
    if (words !== undefined && words !== '') slots.set(name, words);
  });
  return { intent, slots };
}
