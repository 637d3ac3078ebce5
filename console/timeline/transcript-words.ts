import type { TranscriptLine } from '../../src/protocol/console-calls.ts';

/** The words of items by item id, from the transcript: the rows may have dots in their place. */
export type TranscriptWords = ReadonlyMap<string, Pick<TranscriptLine, 'text' | 'unheard'>>;

/** Collects words by item id. A line without words is left out: it would hide the words of a later row. */
export function wordsIn(lines: readonly TranscriptLine[]): TranscriptWords {
  return new Map(
    lines
      .filter(({ text, unheard }) => text !== '' || unheard !== undefined)
      .map((line) => [line.itemId, line]),
  );
}
