import { eventName } from '../../src/protocol/call-feed.ts';
import { dotted, maskedBody } from '../../src/protocol/word-mask.ts';
import type { LaneMessage } from './lanes.ts';
import type { RowKind } from './row.ts';

/** Which rows of the log are shown. */
export interface SequenceFilter {
  readonly kinds: ReadonlySet<RowKind>;
  /** Only rows that begin or end at this lane; undefined for all lanes. */
  readonly lane: string | undefined;
}

export const ROW_KINDS: readonly RowKind[] = ['fact', 'order', 'announcement'];
export const EVERY_ROW: SequenceFilter = { kinds: new Set(ROW_KINDS), lane: undefined };

/** A message with its position in the whole log. */
export interface PlacedMessage {
  readonly message: LaneMessage;
  readonly index: number;
}

export function shownMessages(
  messages: readonly LaneMessage[],
  { kinds, lane }: SequenceFilter,
): readonly PlacedMessage[] {
  return messages
    .map((message, index) => ({ message, index }))
    .filter(
      ({ message: { kind, from, to } }) =>
        kinds.has(kind) && (lane === undefined || from === lane || to === lane),
    );
}

/**
 * Finds the shown rows that contain a text in their event, their state, who told whom, or their body; returns their
 * positions in the log. Of a body only what is shown is searched, so that a search tells nothing that is hidden.
 */
export function foundIn(
  shown: readonly PlacedMessage[],
  text: string,
  isRevealed: boolean,
): readonly number[] {
  const wanted = text.trim().toLowerCase();
  // A search for dots would find every hidden word.
  if (wanted === '' || (!isRevealed && dotted(wanted) === wanted)) return [];
  return shown
    .filter(({ message: { row, from, to } }) => {
      const name = eventName(row);
      const body = isRevealed ? row.body : maskedBody(name, row.body);
      const told = [name, row.path, from, to, JSON.stringify(body)];
      return told.some((each) => each.toLowerCase().includes(wanted));
    })
    .map(({ index }) => index);
}
