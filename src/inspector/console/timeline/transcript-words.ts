import type { TranscriptLine } from '../../../protocol/console-calls.ts';

/** What is known of an item's words beside its rows, which may hold dots. */
export type TranscriptWords = ReadonlyMap<string, Pick<TranscriptLine, 'text' | 'unheard'>>;

/** Words by item id. A line without words yet must not hide those that come with a later row. */
export function wordsIn(lines: readonly TranscriptLine[]): TranscriptWords {
  return new Map(
    lines
      .filter(({ text, unheard }) => text !== '' || unheard !== undefined)
      .map((line) => [line.itemId, line]),
  );
}
