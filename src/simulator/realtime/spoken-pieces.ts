/** Sentences of a text, with their punctuation: what the voice says in one go. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** Smallest and largest piece of audio in one delta, in bytes: the service promises no size. */
const SHORTEST = 401;
const LONGEST = 8001;

/**
 * Cuts audio into pieces of uneven, odd sizes, the same on every run.
 * @param align - bytes of one sample: no piece ends inside one.
 */
export function unevenPieces(audio: Uint8Array, align: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let state = audio.length;
  for (let at = 0; at < audio.length;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const size = (SHORTEST + (state % (LONGEST - SHORTEST))) | 1;
    const end = Math.min(audio.length, at + size * align);
    pieces.push(audio.subarray(at, end));
    at = end;
  }
  return pieces;
}

/** Cuts a sentence into as many pieces as its audio has, so that text runs beside it. */
export function textPieces(sentence: string, count: number): string[] {
  const words = sentence.split(/(?<=\s)/);
  return Array.from({ length: count }, (_, i) =>
    words.slice(Math.ceil((words.length * i) / count), Math.ceil((words.length * (i + 1)) / count)).join(''),
  );
}

/** The words that are said whole within a share of the sentence's audio. */
export function wordsWithin(sentence: string, share: number): string {
  if (share >= 1) return sentence;
  const words = sentence.split(/(?<=\s)/);
  return words
    .slice(0, Math.floor(words.length * share))
    .join('')
    .trimEnd();
}
