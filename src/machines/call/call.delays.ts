import type { CallContext } from './call.context.ts';

type Delay = number | (({ context }: { context: CallContext }) => number);

/** A call that was restored has lasted for a while. */
const leftOf = ({ restored }: CallContext, ms: number) => Math.max(0, ms - (restored?.elapsedMs ?? 0));

/** How long before `maxCall` the call announces its end, in ms. */
const LAST_WORDS_MS = 15_000;

/** A goodbye whose length is not known yet. */
const LONGEST_FAREWELL_MS = 30_000;
/** Past the end of its audio, for the marks on their way. */
const FAREWELL_GRACE_MS = 3_000;

/**
 * Everything that may take only so long, in ms. A name ending in `Within` bounds
 * how long something may take; one ending in `After` says when something begins.
 */
export const callDelays = {
  /** Both legs up. A carrier opens the stream some 300 ms after it was told to; past ten seconds a caller has hung up. */
  connectWithin: 10_000,
  /** One round trip to the model, ten times over. */
  configureWithin: 5_000,
  /** A session that is replaced takes a second: a caller who waits for longer is told. */
  holdAfter: 1_000,
  /** All attempts at the next session. Past it nobody waits any more: a person takes over, or the call ends. */
  reconnectWithin: 12_000,
  /** First sign in a new session of a caller who was speaking when the last one was lost. */
  rejoinWithin: 1_500,
  /** A carrier that has lost a stream asks within some seconds what comes after it. */
  recallAfter: 5_000,
  /** Its own attempts at asking take 14 s; past twice that the caller is gone. */
  comeBackWithin: 30_000,
  /** A silence for which nobody says sorry. */
  noticeAfter: 2_000,
  /** First audio of the greeting; the model needs some 500 ms. */
  greetWithin: 4_000,
  /** First audio of a reply. Past it the caller says "hello?". */
  replyWithin: 8_000,
  /** A single stretch of agent speech. Longer than any sane answer; a bound, not a rule. */
  speakWithin: 180_000,
  /** Silence that a running tool may cause before the caller hears a filler. */
  fillerAfter: 1_200,
  /** Between two fillers. */
  fillersApart: 5_000,
  /** A filler is a short sentence. */
  fillWithin: 6_000,
  /** Every tool has its own deadline; this bounds all of them together. */
  toolsWithin: ({ context }) => context.limits.toolTimeoutMs * 4,
  /** A noise longer than this is speech. */
  doubtWithin: 1_500,
  /** Words of a turn that may have been a noise. */
  weighWithin: 1_000,
  /** A caller who talks for longer is answered. */
  turnWithin: ({ context }) => context.limits.maxTurnMs,
  /** The phone leg answers at once. */
  clearWithin: 2_000,
  /** Between two digits of one entry. */
  digitWithin: 2_000,
  idleAfter: ({ context }) => context.limits.idleMs,
  maxCall: ({ context }) => leftOf(context, context.limits.maxCallMs),
  lastWordsAfter: ({ context }) =>
    leftOf(context, context.limits.maxCallMs - Math.min(LAST_WORDS_MS, context.limits.maxCallMs / 2)),
  /** First audio of the goodbye. */
  partWithin: 4_000,
  /** The goodbye heard to its end: counted anew when its generation is over and its length is known. */
  farewellWithin: ({ context: { audioMs } }) =>
    audioMs === 0 ? LONGEST_FAREWELL_MS : audioMs + FAREWELL_GRACE_MS,
  /** An apology by clip, including the wait for a stream to play it on. */
  apologyWithin: 8_000,
  /** The phone network's tail behind the last mark: the last word is on its way to the ear. */
  closeAfter: 300,
  /** Late words of the caller. Every socket of a call is closed within a second of its end, its close handshake included. */
  settleWithin: 700,
  /** The sentence that announces a transfer. */
  announceWithin: 10_000,
  /** `<Dial timeout>` is 25 s; after this the person has answered. */
  answerWithin: 40_000,
  /** `<Dial timeLimit>` is an hour. */
  talkWithin: 3_660_000,
  /** A new stream after a transfer that nobody answered. */
  returnWithin: 15_000,
} satisfies Record<string, Delay>;
