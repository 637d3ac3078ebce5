/** One piece of agent audio is named by the response, the item and the content part that it belongs to. */
export interface AudioTag {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
}

/**
 * How much of one item of the agent the caller has heard, by the playback ledger.
 *
 * `heardMs <= sentMs <= receivedMs` always holds. An item is `complete` when its
 * generation had ended and every byte of it was heard: nothing is to be cut.
 */
export interface HeardItem extends AudioTag {
  /** Milliseconds of audio the model has generated for this item so far. */
  readonly receivedMs: number;
  /** Milliseconds handed to the carrier. */
  readonly sentMs: number;
  /** Milliseconds that the caller has heard, proved by marks or interpolated on the media clock. */
  readonly heardMs: number;
  readonly complete: boolean;
}

/** How far an item is heard that has not come to its end. */
export interface Playing {
  readonly itemId: string;
  readonly receivedMs: number;
  readonly heardMs: number;
}
