/**
 * Whoever carries text messages: Twilio's REST API, or nobody when no account
 * is configured. The journal's row is written before `send` and settled after
 * it, so a sender keeps nothing.
 */
export interface TextSender {
  /** Sends a text once. Never rejects: what went wrong is a receipt too. Takes as long as the carrier, some 200 ms. */
  send(text: OutgoingText): Promise<TextReceipt>;
  /** What became of a text whose fate is not known. `unknown` when the carrier cannot tell either; it is not sent. */
  find(text: OutgoingText): Promise<TextReceipt>;
}

export interface OutgoingText {
  /** The journal's id of the message; comes back in the status callback. */
  readonly id: string;
  /** E.164. */
  readonly to: string;
  readonly body: string;
  /** When it was stored, ms since the Unix epoch. */
  readonly at: number;
}

export type TextReceipt =
  /** The carrier has it. Delivery is told later, by the status callback. */
  | { readonly outcome: 'accepted'; readonly status: string; readonly providerSid: string }
  /** The carrier does not have it. `reason` is a sentence that the model can act on. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** It may or may not have it: not to be sent again. */
  | { readonly outcome: 'unknown' }
  /** There is no carrier; the text is only kept. */
  | { readonly outcome: 'simulated' };
