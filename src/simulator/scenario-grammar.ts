import { partsOf, readPhrase, toJsgf } from './scenario-phrases.ts';
import type { Scenario } from './scenario.ts';

/** What the recogniser is told: the sentences, and the words in them. */
export interface Grammar {
  /** JSGF, one public rule. */
  readonly jsgf: string;
  readonly words: readonly string[];
}

/** The grammar of everything that can be said to a scenario. */
export function grammarOf({ slots, intents }: Scenario): Grammar {
  const sentences = intents
    .filter(({ typed }) => !typed)
    .flatMap(({ phrases }) => phrases)
    .map(readPhrase);
  const rules = Object.entries(slots).map(([name, { phrase }]) => [name, readPhrase(phrase)] as const);
  const jsgf = [
    '#JSGF V1.0;',
    'grammar scenario;',
    `public <sentence> = ${sentences.map(toJsgf).join(' | ')};`,
    ...rules.map(([name, phrase]) => `<${name}> = ${toJsgf(phrase)};`),
  ].join('\n');
  const words = [...sentences, ...rules.map(([, phrase]) => phrase)].flatMap(
    (phrase) => partsOf(phrase).words,
  );
  return { jsgf, words: [...new Set(words)].sort() };
}
