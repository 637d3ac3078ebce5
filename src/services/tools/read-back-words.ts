import { wordsOf } from './recent-words.ts';

/** The texts of arguments that are said as they are written: a date and a time of day are not. */
const SPOKEN_OTHERWISE = /^\d{4}-\d{2}-\d{2}$|^\d{2}:\d{2}$|^\+?\d+$/;

/** The words that a caller would hear when the arguments are read back, from their canonical JSON. */
export function readBackWords(meaning: string): string[] {
  const words: string[] = [];
  JSON.parse(meaning, (_key, value: unknown) => {
    if (typeof value === 'string' && !SPOKEN_OTHERWISE.test(value)) words.push(...wordsOf(value));
    return value;
  });
  return words;
}
