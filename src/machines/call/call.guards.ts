import { and, not, or, stateIn } from 'xstate';
import type { CallContext } from './call.context.ts';
import type { ResponseOutcome, ResponsePurpose, ToolOutcome, TransferResult } from './call.events.ts';

interface Args {
  readonly context: CallContext;
}

interface FinishedResponse {
  readonly purpose: ResponsePurpose;
  readonly outcome: ResponseOutcome;
}

/** How often one owed response is asked for again before the engine apologises. */
const MAX_RETRIES = 1;
/** Responses in a row that may come to nothing before the call is given to a person, or ended. */
const MAX_FAILURES = 3;
/** Prompts to a silent caller before the goodbye. */
const MAX_IDLE_PROMPTS = 2;
/** Twilio: ends an entry of digits. */
const ENTRY_END = '#';

/** Between the first word of a turn of the caller's and its end, as the chart tells them. */
const isCallerSpeaking = or([
  stateIn('#call.conversing.interrupted'),
  stateIn('#call.conversing.listening.callerSpeaking'),
  stateIn('#call.conversing.greeting.forestalled'),
  stateIn('#call.conversing.greeting.withheld'),
  stateIn('#call.conversing.greeting.talkedOver'),
]);

/** Questions about a call; each asks one thing of the context, or of the event's part that is passed. */
export const callGuards = {
  isStreamAwaited: stateIn('#call.connecting.phone.awaited'),
  isConfigured: ({ context }: Args) => context.configured,
  isChartOwningTurns: ({ context }: Args) => context.turns === 'chart',
  isConfirming: ({ context }: Args) => context.bargeIn === 'confirmed',
  isGreetingByClip: ({ context }: Args) => context.greetingMode === 'clip',
  hasGreeted: ({ context }: Args) => context.greeted,
  areLastWordsOwed: ({ context }: Args) => context.lastWordsOwed,
  areDigitsPending: ({ context }: Args) => context.digits !== '',
  isFillingByClip: ({ context }: Args) => context.filler === 'clip',
  isFillingByModel: ({ context }: Args) => context.filler === 'model',
  isRecorded: ({ context }: Args) => context.isRecorded,
  hasPerson: ({ context }: Args) => context.canTransfer,
  /** An operator may name somebody else than the profile does. */
  hasPersonOrNumber: ({ context }: Args, hasNumber: boolean | undefined) =>
    hasNumber === true || context.canTransfer,
  hasRunningTools: ({ context }: Args) => Object.keys(context.tools).length > 0,
  hasNoRunningTools: ({ context }: Args) => Object.keys(context.tools).length === 0,
  isLastTool: ({ context }: Args) => Object.keys(context.tools).length === 1,
  isAnswerOwed: ({ context }: Args) => context.answersOwed,
  isAnswerComing: ({ context }: Args) => context.answer !== 'none',
  /** All tools have settled, and the state that saw the last one has asked for the answer. */
  isAnswerUnderWay: ({ context }: Args) =>
    context.answer !== 'none' && Object.keys(context.tools).length === 0,
  isTurnOwed: ({ context }: Args) => context.turnOwed,
  hasSpokenWithTools: ({ context }: Args) => context.spokeWithTools,
  hasAllWords: ({ context }: Args) => context.wordsOwed === 0,
  hasRetriesLeft: ({ context }: Args) => context.retries < MAX_RETRIES,
  isFailingForGood: ({ context }: Args) => context.failures + 1 >= MAX_FAILURES,
  isFailingWithPerson: ({ context }: Args) => context.failures + 1 >= MAX_FAILURES && context.canTransfer,
  hasPromptsLeft: ({ context }: Args) => context.idlePrompts < MAX_IDLE_PROMPTS,
  isNoise: ({ context }: Args, speechMs: number) => speechMs < context.limits.minSpeechMs,
  isOfAnotherTurn: ({ context }: Args, itemId: string) =>
    context.doubted !== undefined && context.doubted !== itemId,
  isKnownNoise: ({ context }: Args, itemId: string) => context.doubted === itemId,
  /** It was the goodbye that fell silent for a noise. */
  isParting: ({ context }: Args) => context.endReason !== undefined,
  isWordless: (_: Args, text: string) => text.trim() === '',
  isEntryEnd: (_: Args, digit: string) => digit === ENTRY_END,

  isEndingTheCall: (_: Args, outcome: ToolOutcome) => outcome.then === 'endCall',
  isTransferring: (_: Args, outcome: ToolOutcome) => outcome.then === 'transfer',
  isBridged: (_: Args, result: TransferResult) => result === 'completed' || result === 'answered',

  hasCalledTools: (_: Args, outcome: ResponseOutcome) => outcome.toolCalls > 0,
  /** It was done, or a rule was against it; a failure says neither. */
  isCertain: (_: Args, { status }: ToolOutcome) => status === 'ok' || status === 'refused',
  isEmpty: (_: Args, outcome: ResponseOutcome) => isEmpty(outcome),
  /** No word of it will be heard. A far end that is told to let the greeting alone may still break it off. */
  isGreetingLost: (_: Args, outcome: ResponseOutcome) => isLost(outcome),
  isGreetingLostWithRetriesLeft: ({ context }: Args, outcome: ResponseOutcome) =>
    isLost(outcome) && context.retries < MAX_RETRIES,
  /** Behind a clip that still plays, audio that comes is not told as its beginning. */
  isGoodbye: (_: Args, { purpose, outcome }: FinishedResponse) => purpose === 'goodbye' && outcome.hadAudio,
  isNoGoodbye: (_: Args, { purpose, outcome }: FinishedResponse) => purpose === 'goodbye' && isEmpty(outcome),
  /** It broke off while it was being heard. */
  isCutShort: (_: Args, outcome: ResponseOutcome) =>
    outcome.status === 'failed' || outcome.status === 'incomplete' || isEmpty(outcome),

  /** The goodbye was not forced on them: a caller who thinks of something is answered. */
  isFreeToStay: ({ context }: Args) => context.endReason === 'agent_ended' || context.endReason === 'idle',

  /** Whoever crashes while the call ends is not apologised for: nothing speaks any more. */
  isOpen: not(stateIn('#call.ending')),
  /** What the agent would say now, nobody would hear: the caller has the floor, and uses it. */
  isCallerBusy: or([isCallerSpeaking, stateIn('#call.conversing.listening.enteringDigits')]),
  /** The caller has the floor, or has just given it up: what is said next answers them. */
  isCallerFirst: or([
    isCallerSpeaking,
    stateIn('#call.conversing.listening.enteringDigits'),
    stateIn('#call.conversing.listening.awaitingReply'),
  ]),
  /** The two talk, and nobody has to be cut short who cannot know that the call is over. */
  isFreeToPart: and([stateIn('#call.conversing'), not(isCallerSpeaking)]),
  isGoodbyeDue: and([({ context }: Args) => context.goodbyeOwed, not(isCallerSpeaking)]),
  isConversing: stateIn('#call.conversing'),
};

const isLost = (outcome: ResponseOutcome) =>
  isEmpty(outcome) || (outcome.reason === 'turn_detected' && !outcome.hadAudio);

/** Nothing of it can be heard or acted on, and nobody asked for that. */
const isEmpty = ({ hadAudio, status, toolCalls }: ResponseOutcome) =>
  !hadAudio && toolCalls === 0 && status !== 'cancelled';
