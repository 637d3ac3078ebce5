import type { SpokenWords } from '../../src/protocol/console-live.ts';

/** Lines that are being spoken, by item id. */
export type SpokenLines = ReadonlyMap<string, SpokenWords>;

export const NOTHING_SPOKEN: SpokenLines = new Map();

/**
 * The spoken lines after a message of the feed. A line that has ended stays until the next one begins: by then it is
 * in the log.
 */
export function spokenOn(before: SpokenLines, lines: readonly SpokenWords[]): SpokenLines {
  const told = new Map(lines.map((line) => [line.itemId, line]));
  const hasNew = lines.some(({ itemId }) => !before.has(itemId));
  return hasNew ? told : new Map([...before, ...told]);
}
