import { eventName } from '../../../protocol/call-feed.ts';
import { dotted, maskedBody } from '../../../protocol/word-mask.ts';
import type { Message } from './lanes.ts';
import type { RowKind } from './row.ts';

/** Which rows of the log are shown. */
export interface SequenceFilter {
  readonly kinds: ReadonlySet<RowKind>;
  /** Only those that begin or end at this lane; undefined for all. */
  readonly lane: string | undefined;
}

export const ROW_KINDS: readonly RowKind[] = ['fact', 'order', 'announcement'];
export const EVERY_ROW: SequenceFilter = { kinds: new Set(ROW_KINDS), lane: undefined };

/** A message with its position in the whole log. */
export interface PlacedMessage {
  readonly message: Message;
  readonly index: number;
}

export function shownMessages(
  messages: readonly Message[],
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
 * Positions in the log of the shown rows that hold a text: in their event, their state, who told whom, or their body. Of
 * a body only what may be shown is looked at, so that a search tells nothing that is hidden.
 */
export function foundIn(
  shown: readonly PlacedMessage[],
  text: string,
  isRevealed: boolean,
): readonly number[] {
  const wanted = text.trim().toLowerCase();
  // Dots would be found in every word that is hidden.
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
