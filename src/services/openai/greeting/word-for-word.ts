/** True when the same words were said: letters and digits count, in their order; case and punctuation are not heard. */
export function isWordForWord(said: string, asked: string): boolean {
  return wordsOf(said) === wordsOf(asked);
}

const wordsOf = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    // An apostrophe is a matter of spelling, a space of typing: some languages have none.
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '');
