/**
 * How the carrier behaves where nobody could try it: its docs do not say, and no
 * public report does. Each is an option, so that a call can be tried with every
 * answer (`carrier-unknowns.ts`).
 */
export interface CarrierConduct {
  /** Whether a stream that broke is followed by the `action`, as one that was closed is; else by the next verb. */
  readonly asksAfterLoss: boolean;
  /** How long it takes to notice that a stream broke, in ms. */
  readonly noticesLossAfterMs: number;
  /** What follows a stream that could not be opened: the `action`, or the number's fallback URL. */
  readonly afterUnopened: 'action' | 'fallback';
  /** After how many ms a stream on which nothing arrives counts as broken; undefined: never. */
  readonly givesUpAfterMs: number | undefined;
  /** Whether an `action` is asked again as its URL's fragment says, or as any other URL. */
  readonly readsOverrides: boolean;
  /** Between two tries of a webhook, in ms. */
  readonly retrySpacingMs: number;
  /** Whether the fragment of a webhook's URL takes part in its signature. */
  readonly signsFragment: boolean;
  /** Over which form of its URL the upgrade of a stream is signed. */
  readonly signsStream: 'asWritten' | 'withSlash' | 'withPort';
  /** Whether the `action` is asked when the caller has hung up, with `CallStatus=completed`. */
  readonly asksAfterHangUp: boolean;
  /** What comes first at the end of a stream: what ends it (`stop`, the `action`), or the status callbacks. */
  readonly endsWith: 'stream' | 'callbacks';
  /** How often it pings a stream's socket, in ms; undefined: never. */
  readonly pingEveryMs: number | undefined;
  readonly answersPings: boolean;
  /** What becomes of audio that still waits when a stream breaks or is closed. */
  readonly queuedAudio: 'dropped' | 'played';
  /** How many updates by REST it takes in a second; undefined: all of them. */
  readonly updatesPerSecond: number | undefined;
}

/** What the engine is built for, where both can be true: the likelier answer. */
export const LIKELY_CONDUCT: CarrierConduct = {
  asksAfterLoss: true,
  noticesLossAfterMs: 0,
  afterUnopened: 'action',
  givesUpAfterMs: undefined,
  readsOverrides: true,
  retrySpacingMs: 1000,
  signsFragment: false,
  signsStream: 'asWritten',
  asksAfterHangUp: false,
  endsWith: 'stream',
  pingEveryMs: undefined,
  answersPings: true,
  queuedAudio: 'dropped',
  updatesPerSecond: undefined,
};
