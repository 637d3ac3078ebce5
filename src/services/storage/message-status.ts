/**
 * How far a text has come, by the provider's word for it.
 *
 * Source: Twilio docs, "Message resource", status values. Callbacks arrive in
 * any order, so a status that is behind the one known is old news.
 */
const PROGRESS: Readonly<Record<string, number>> = {
  pending: 0,
  unknown: 0,
  accepted: 1,
  scheduled: 1,
  queued: 2,
  sending: 3,
  sent: 4,
  undelivered: 5,
  failed: 5,
  canceled: 5,
  delivered: 5,
  read: 6,
};

/** True when `told` is newer than `known`. A word that is not in the list is taken: providers add words. */
export function isNewerStatus(known: string, told: string): boolean {
  const from = PROGRESS[known];
  const to = PROGRESS[told];
  return from === undefined || to === undefined || to > from;
}
