/**
 * How far a text has come. What a carrier tells of it arrives in any order, so a
 * status that is behind the one known is old news. `pending` and `unknown` no
 * carrier tells: on its way to the carrier, and given up in doubt.
 */
const PROGRESS: Readonly<Record<string, number>> = {
  pending: 0,
  unknown: 1,
  accepted: 2,
  scheduled: 2,
  queued: 3,
  sending: 4,
  sent: 5,
  undelivered: 6,
  failed: 6,
  canceled: 6,
  delivered: 6,
  read: 7,
};

/** True when `told` is newer than `known`. A word that is not in the list is taken: carriers add words. */
export function isNewerStatus(known: string, told: string): boolean {
  const from = PROGRESS[known];
  const to = PROGRESS[told];
  return from === undefined || to === undefined || to > from;
}
