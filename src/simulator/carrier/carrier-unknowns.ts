import type { CarrierConduct } from './carrier-conduct.ts';

/** Something that nobody could try at the carrier, and what the answer can be. */
export interface CarrierUnknown {
  readonly id: `U${number}`;
  readonly question: string;
  /** The first is the likely one. */
  readonly answers: readonly CarrierAnswer[];
}

export interface CarrierAnswer {
  readonly name: string;
  /** The conduct of a carrier of which it is true. */
  readonly conduct: Partial<CarrierConduct>;
}

/** Every question whose answer the engine may not depend on, with each answer as a carrier that behaves so. */
export const CARRIER_UNKNOWNS: readonly CarrierUnknown[] = [
  {
    id: 'U1',
    question: 'is the action asked when a stream breaks, and how soon',
    answers: [
      { name: 'at once', conduct: { asksAfterLoss: true, noticesLossAfterMs: 0 } },
      { name: 'after a second', conduct: { asksAfterLoss: true, noticesLossAfterMs: 1000 } },
      { name: 'not at all: the call ends', conduct: { asksAfterLoss: false } },
    ],
  },
  {
    id: 'U2',
    question: 'what follows a stream that cannot be opened',
    answers: [
      { name: 'the action', conduct: { afterUnopened: 'action' } },
      { name: 'the fallback URL of the number', conduct: { afterUnopened: 'fallback' } },
    ],
  },
  {
    id: 'U3',
    question: 'when a stream is given up on which nothing arrives',
    answers: [
      { name: 'never', conduct: { givesUpAfterMs: undefined } },
      { name: 'after fifteen seconds', conduct: { givesUpAfterMs: 15_000 } },
    ],
  },
  {
    id: 'U4',
    question: 'whether an action is asked again as its fragment says, and how soon',
    answers: [
      { name: 'as it says, a second apart', conduct: { readsOverrides: true, retrySpacingMs: 1000 } },
      { name: 'as it says, at once', conduct: { readsOverrides: true, retrySpacingMs: 0 } },
      { name: 'as any URL is', conduct: { readsOverrides: false } },
    ],
  },
  {
    id: 'U5',
    question: 'over which form of its URL a request is signed',
    answers: [
      { name: 'without the fragment', conduct: { signsFragment: false, signsStream: 'asWritten' } },
      { name: 'with the fragment', conduct: { signsFragment: true } },
      { name: 'a stream with a slash at its end', conduct: { signsStream: 'withSlash' } },
      { name: 'a stream with its port', conduct: { signsStream: 'withPort' } },
    ],
  },
  {
    id: 'U6',
    question: 'whether the action is asked when the caller has hung up',
    answers: [
      { name: 'no', conduct: { asksAfterHangUp: false } },
      { name: 'yes, with CallStatus=completed', conduct: { asksAfterHangUp: true } },
    ],
  },
  {
    id: 'U7',
    question: 'what comes first at the end of a stream',
    answers: [
      { name: 'what ends it: stop, or the action', conduct: { endsWith: 'stream' } },
      { name: 'the status callbacks', conduct: { endsWith: 'callbacks' } },
    ],
  },
  {
    id: 'U8',
    question: 'whether the socket of a stream is pinged, and pings are answered',
    answers: [
      { name: 'not pinged, answered', conduct: { pingEveryMs: undefined, answersPings: true } },
      { name: 'pinged every ten seconds', conduct: { pingEveryMs: 10_000 } },
      { name: 'not answered', conduct: { answersPings: false } },
    ],
  },
  {
    id: 'U9',
    question: 'what becomes of audio that still waits when a stream breaks or is closed',
    answers: [
      { name: 'it is dropped', conduct: { queuedAudio: 'dropped' } },
      { name: 'it is played first', conduct: { queuedAudio: 'played' } },
    ],
  },
  {
    id: 'U10',
    question: 'how many updates of calls are taken in a second',
    answers: [
      { name: 'all of them', conduct: { updatesPerSecond: undefined } },
      { name: 'one', conduct: { updatesPerSecond: 1 } },
    ],
  },
];
