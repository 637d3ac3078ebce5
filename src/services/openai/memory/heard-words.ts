/** A piece of an item's words, and how much of its audio had come before it. */
export interface WordPiece {
  readonly text: string;
  readonly atMs: number;
}

/**
 * The words that were heard by `heardMs`, whole ones only.
 *
 * Words carry no times. Two bounds hold, and the smaller one counts: a piece
 * that came after that much audio was not yet spoken; and of `receivedMs` of
 * audio, no larger part of the text can have been heard than of the sound.
 * Too few words are the safe side: the agent says something twice rather than
 * believing that it was said.
 */
export function wordsUpTo(pieces: readonly WordPiece[], heardMs: number, receivedMs: number): string {
  if (heardMs <= 0 || receivedMs <= 0) return '';
  const text = textOf(pieces);
  const begun = pieces
    .filter(({ atMs }) => atMs < heardMs)
    .reduce((sum, piece) => sum + piece.text.length, 0);
  const share = Math.floor(text.length * Math.min(1, heardMs / receivedMs));
  return wholeWords(text, Math.min(begun, share));
}

export function textOf(pieces: readonly WordPiece[]): string {
  return pieces.map((piece) => piece.text).join('');
}

// Also for languages that put no spaces between words.
const WORDS = new Intl.Segmenter(undefined, { granularity: 'word' });

function wholeWords(text: string, limit: number): string {
  if (limit >= text.length) return text.trim();
  let end = 0;
  for (const { index, segment } of WORDS.segment(text)) {
    if (index + segment.length > limit) break;
    end = index + segment.length;
  }
  return text.slice(0, end).trim();
}
