import type { SpokenWords } from '../../../protocol/console-live.ts';

/** Lines that are being spoken, by item id. */
export type SpokenLines = ReadonlyMap<string, SpokenWords>;

export const NOTHING_SPOKEN: SpokenLines = new Map();

/**
 * What is spoken, after the feed has told it anew. A line that has come to its end keeps its place until the next one
 * begins: the log tells it by then.
 */
export function spokenOn(before: SpokenLines, lines: readonly SpokenWords[]): SpokenLines {
  const told = new Map(lines.map((line) => [line.itemId, line]));
  const hasNew = lines.some(({ itemId }) => !before.has(itemId));
  return hasNew ? told : new Map([...before, ...told]);
}
