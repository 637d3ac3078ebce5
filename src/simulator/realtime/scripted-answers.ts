import type { Answer, Sentence } from './answers.ts';

/** A sentence of one delta, which is followed at once by what comes after it. */
export function inOneDelta(text: string, audio: Uint8Array, ms: number): Sentence {
  return { text, pieces: () => [{ text, ms, pauseMs: 0, bytes: () => audio }] };
}

/** Says one sentence, if any, and calls nothing. */
export const saying = (sentence: Sentence | undefined): Answer =>
  sentence === undefined ? {} : { sentences: [sentence] };
