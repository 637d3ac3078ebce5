import type { AtCarrier, Errand } from '../storage/journal.port.ts';

/**
 * Whoever carries texts, or places calls: a carrier's REST API, or nobody when no
 * account is configured. The outbox decides what is sent, and when; a sender
 * keeps nothing, tries once and says how sure it is.
 */
export interface Sender {
  /** Tries once. Never rejects: what went wrong is an outcome, too. Takes as long as the carrier, some 200 ms. */
  send(outgoing: Outgoing): Promise<SendResult>;
  /** Asks the carrier for what looks like it. Never rejects; sends nothing. */
  find(outgoing: Outgoing): Promise<FoundAtCarrier>;
}

/** `id` comes back in the carrier's status callback; `at` is when it was stored, ms since the Unix epoch. */
export type Outgoing = Pick<Errand, 'id' | 'request' | 'at'>;

export type SendResult =
  /** The carrier has it. What becomes of it is told later, by the status callback. */
  | ({ readonly outcome: 'accepted' } & AtCarrier)
  /** The carrier will not have it. `reason` is a sentence that the model can act on. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** The carrier certainly does not have it, and might take it later. */
  | { readonly outcome: 'notTaken'; readonly retryAfterMs?: number }
  /** The carrier says that it failed. It is looked for before it is sent again. */
  | { readonly outcome: 'doubtful'; readonly retryAfterMs?: number }
  /** Uncertain whether the carrier has it: it is not sent again. */
  | { readonly outcome: 'unknown' }
  /** There is no carrier; it is only kept. */
  | { readonly outcome: 'simulated' };

export type FoundAtCarrier =
  /** What looks like it, the likeliest first; empty when there is nothing. */
  | { readonly outcome: 'looked'; readonly candidates: readonly AtCarrier[] }
  /** The carrier could not be asked. */
  | { readonly outcome: 'unknown' };
