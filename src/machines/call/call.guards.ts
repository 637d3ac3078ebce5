import { and, not, or } from 'xstate';
import { inState } from '../in-state.ts';
import { holdsAnnouncement } from './call.announcement.ts';
import type { ErrorNote } from '../../errors.ts';
import type { RestoredCall } from './restored-call.ts';
import type { CallContext } from './call.context.ts';
import type {
  PausedBy,
  ResponseOutcome,
  ResponsePurpose,
  ToolOutcome,
  TransferResult,
} from './call.events.ts';

interface Args {
  readonly context: CallContext;
}

interface FinishedResponse {
  readonly purpose: ResponsePurpose;
  readonly outcome: ResponseOutcome;
}

interface WasRecorded {
  readonly restored: RestoredCall;
  readonly standing: RestoredCall['recording']['standing'];
  readonly pausedBy: PausedBy | undefined;
}

/** How often one owed response is asked for again before the engine apologises. */
const MAX_RETRIES = 1;
/** Responses in a row that may come to nothing before the call is given to a person, or ended. */
const MAX_FAILURES = 3;
/** Prompts to a silent caller before the goodbye. */
const MAX_IDLE_PROMPTS = 2;
/** A caller who talks over the announcement is told again; one who does so every time is not recorded. */
const MAX_TELLINGS = 2;
/** Ends an entry of digits. */
const ENTRY_END = '#';

const isConversing = inState('#floor.conversing');
const isEnding = inState('#floor.ending');

/** Between the first word of a turn of the caller's and its end, as the chart tells them. */
const isCallerSpeaking = or([
  inState('#floor.conversing.interrupted'),
  inState('#floor.conversing.listening.callerSpeaking'),
  inState('#floor.conversing.greeting.forestalled'),
  inState('#floor.conversing.greeting.withheld'),
  inState('#floor.conversing.greeting.talkedOver'),
]);

/** What the agent would say now, nobody would hear: the caller has the floor, and uses it. */
const isCallerBusy = or([isCallerSpeaking, inState('#floor.conversing.listening.enteringDigits')]);

/** The caller has the floor, or has just given it up: what is said next answers them. */
const isCallerFirst = or([isCallerBusy, inState('#floor.conversing.listening.awaitingReply')]);

/** The carrier has the caller, and a person's phone rings, or has rung. */
const isAway = or([
  inState('#floor.transferring.dialing'),
  inState('#floor.transferring.connected'),
  inState('#floor.transferring.returning'),
]);

const hasNoRunningTools = inState('#tools.idle');
const isAnswerComing = or([inState('#answer.asked'), inState('#answer.begun')]);

/** The tool that has settled decided what the call itself does next. */
const isDecided =
  (then: ToolOutcome['then']) =>
  ({ event: { type, outcome } }: { readonly event: { readonly type: string; readonly outcome?: object } }) =>
    type === 'tool.settled' && outcome !== undefined && 'then' in outcome && outcome.then === then;

interface ToldEvent {
  readonly event: { readonly type: string };
}
interface MaybeRequest {
  readonly type: string;
  readonly paused?: boolean;
  readonly by?: PausedBy;
  readonly since?: number;
}

/** Of a request to the recording. */
const isRequest =
  (isSuch: (request: MaybeRequest) => boolean) =>
  ({ event }: ToldEvent) =>
    event.type === 'recording.requested' && isSuch(event);

const isPauseByOperator = isRequest(({ paused, by }) => paused === true && by === 'operator');
const isOfPerson = isRequest(({ by }) => by !== 'card');

/** Questions about a call; each asks one thing: of its states, of the context, or of the event's part that is passed. */
export const callGuards = {
  isAway,
  isStreamAwaited: inState('#line.awaited'),
  isUp: and([inState('#line.attached'), not(inState('#session.opening'))]),
  isLive: inState('#session.live'),
  isSessionGone: inState('#session.gone'),
  isSessionGoneWithPerson: and([inState('#session.gone'), ({ context }: Args) => context.canTransfer]),
  isReconnecting: inState('#session.reconnecting'),
  /** The caller has finished, and hears nothing. */
  isReplyAwaited: or([
    inState('#floor.conversing.listening.awaitingReply'),
    inState('#floor.conversing.toolExecuting.answering'),
  ]),
  /** A turn of the caller's, and nothing that the agent was to say by itself. */
  isTurnAwaited: and([
    inState('#floor.conversing.listening.awaitingReply'),
    ({ context }: Args) => context.asked === undefined,
  ]),
  /** The conversation with the model is over: a clip apologises, or caller and person talk. */
  isModelDoneWith: or([inState('#floor.ending.apologizing'), inState('#floor.transferring.connected')]),
  /** Its end is heard: the agent was to speak. */
  isModelMissed: not(or([isEnding, isAway])),
  isConversing,
  isResponding: inState('#floor.conversing.responding'),
  isUnheard: not(inState('#floor.conversing.responding')),
  isCallersTurn: or([inState('#floor.conversing.listening'), inState('#floor.conversing.interrupted')]),
  /** The conversation is over, or interrupted by a transfer: what was owed in it is not owed any more. */
  isLeaving: or([isEnding, inState('#floor.transferring')]),
  isTransferUnderWay: inState('#floor.transferring'),
  /** The two talk, and the agent may be given something to say. */
  isFreeToWarn: and([isConversing, not(isCallerFirst)]),
  /** The time was up while the caller spoke, or was away: they have finished, or are back. */
  isGoodbyeDue: and([inState('#clock.overdue'), not(isCallerSpeaking)]),
  isEndDue: and([inState('#consequence.end'), not(isCallerBusy)]),
  isEndDueSpoken: and([inState('#consequence.end.spoken'), not(isCallerBusy)]),
  isEndWanted: inState('#consequence.end'),
  isParting: inState('#consequence.parting'),
  isEnding,
  isTransferDue: and([inState('#consequence.transfer'), not(isCallerBusy)]),
  isTransferDueSpoken: and([inState('#consequence.transfer.spoken'), not(isCallerBusy)]),
  isTransferWanted: inState('#consequence.transfer'),
  hasRunningTools: inState('#tools.running'),
  isAnswerOwed: inState('#answer.owed'),
  isAnswerComing,
  /** All tools have settled, and the answer has been asked for. */
  isAnswerUnderWay: and([isAnswerComing, hasNoRunningTools]),
  /** The caller waits for nothing else. */
  isAnswerDue: and([hasNoRunningTools, inState('#floor.conversing.toolExecuting.running')]),
  isTurnOwed: inState('#turn.owed'),
  hasAllWords: inState('#words.settled'),
  isKeying: inState('#floor.conversing.listening.callerSpeaking.keying'),
  isGreetingClipHeard: inState('#clip.heard'),
  isFillingByClip: and([inState('#filler.ready'), ({ context }: Args) => context.filler === 'clip']),
  isFillingByModel: and([inState('#filler.ready'), ({ context }: Args) => context.filler === 'model']),

  isChartOwningTurns: ({ context }: Args) => context.turns === 'chart',
  isConfirming: ({ context }: Args) => context.bargeIn === 'confirmed',
  isGreetingByClip: ({ context }: Args) => context.greetingMode === 'clip',
  isRecorded: ({ context }: Args) => context.isRecorded,
  /** Before there is a line only an operator can ask. */
  isPauseOfRecorded: ({ context, event }: Args & ToldEvent) =>
    context.isRecorded && isPauseByOperator({ event }),
  isOfPersonAndRecorded: ({ context, event }: Args & ToldEvent) =>
    context.isRecorded && isOfPerson({ event }),
  /** The announcement is to be said again: the agent may be given something to say, and has not said it too often. */
  canTellAgain: and([isConversing, ({ context }: Args) => context.tellings < MAX_TELLINGS]),
  isAnnouncementHeard: ({ context }: Args, words: string) => holdsAnnouncement(words, context.announcement),
  isPauseByOperator,
  isPauseByAgent: isRequest(({ paused, by }) => paused === true && by === 'agent'),
  isPauseByCard: isRequest(({ paused, by }) => paused === true && by === 'card'),
  /** The event says since when the number was given: the audio before the pause is erased, too. */
  isCardGiven: isRequest(({ paused, by, since }) => paused === true && by === 'card' && since !== undefined),
  isResume: isRequest(({ paused }) => paused === false),
  isResumeByPerson: isRequest(({ paused, by }) => paused === false && by !== 'card'),
  /** The request changes nothing: the recording is in that state already. */
  isOfPerson,
  hasPerson: ({ context }: Args) => context.canTransfer,
  /** No stream that comes later could be heard: its leg has failed. */
  isBeyondRecall: (_: Args, { code }: ErrorNote) => code === 'CALL_FAILED',
  isRecoverable: (_: Args, { code }: ErrorNote) => code !== 'CALL_FAILED',
  mayReturn: (_: Args, { mayReturn }: { readonly mayReturn: boolean }) => mayReturn,
  /** Nothing of the greeting can be heard yet. */
  isGreetingOwed: or([
    inState('#floor.connecting'),
    inState('#floor.configuring'),
    inState('#floor.conversing.greeting.awaited'),
    inState('#floor.conversing.greeting.forestalled'),
    inState('#floor.conversing.greeting.withheld'),
    inState('#floor.awaitingStream.greetingOwed'),
  ]),
  /** Nobody speaks, and nobody waits. */
  isQuiet: or([inState('#floor.conversing.listening.quiet'), inState('#floor.awaitingStream.quiet')]),
  /** Beside that nothing is under way, and nothing that was said is still to be told: the log has all of it. */
  isAtRest: and([hasNoRunningTools, inState('#words.settled'), not(isAnswerComing)]),
  isOwedGreeting: (_: Args, { owed }: RestoredCall) => owed === 'greeting',
  isOwedNothing: (_: Args, { owed }: RestoredCall) => owed === 'nothing',
  isOwedTransfer: (_: Args, { owed }: RestoredCall) => owed === 'transfer',
  /** Caller and agent know each other: the next session is told what was said. */
  hasTalked: (_: Args, { owed }: RestoredCall) => owed !== 'greeting',
  wasWarned: (_: Args, { isWarned }: RestoredCall) => isWarned,
  wasEndWanted: (_: Args, { consequence }: RestoredCall) => consequence === 'end',
  wasParting: (_: Args, { consequence }: RestoredCall) => consequence === 'parting',
  wasTransferWanted: (_: Args, { consequence }: RestoredCall) => consequence === 'transfer',
  wasRecorded: (_: Args, { restored: { recording }, standing, pausedBy }: WasRecorded) =>
    recording.standing === standing && recording.pausedBy === pausedBy,
  /** An operator may name somebody else than the profile does. */
  hasPersonOrNumber: ({ context }: Args, hasNumber: boolean | undefined) =>
    hasNumber === true || context.canTransfer,
  isLastTool: ({ context }: Args) => Object.keys(context.tools).length === 1,
  isLastWordsOwed: ({ context }: Args) => context.wordsOwed === 1,
  hasRetriesLeft: ({ context }: Args) => context.retries < MAX_RETRIES,
  isFailingForGood: ({ context }: Args) => context.failures + 1 >= MAX_FAILURES,
  isFailingWithPerson: ({ context }: Args) => context.failures + 1 >= MAX_FAILURES && context.canTransfer,
  hasPromptsLeft: ({ context }: Args) => context.idlePrompts < MAX_IDLE_PROMPTS,
  isNoise: ({ context }: Args, speechMs: number) => speechMs < context.limits.minSpeechMs,
  isOfAnotherTurn: ({ context }: Args, itemId: string) =>
    context.doubted !== undefined && context.doubted !== itemId,
  isKnownNoise: ({ context }: Args, itemId: string) => context.doubted === itemId,
  isWordless: (_: Args, text: string) => text.trim() === '',
  isEntryEnd: (_: Args, digit: string) => digit === ENTRY_END,

  isEndDecided: isDecided('endCall'),
  isEndDecidedAndSpoken: and([inState('#tools.running.spoken'), isDecided('endCall')]),
  isTransferDecided: isDecided('transfer'),
  isTransferDecidedAndSpoken: and([inState('#tools.running.spoken'), isDecided('transfer')]),
  isConsequential: (_: Args, outcome: ToolOutcome) => outcome.then !== undefined,
  isReached: (_: Args, result: TransferResult) => result === 'reached',

  hasCalledTools: (_: Args, outcome: ResponseOutcome) => outcome.toolCalls > 0,
  /** The response answers every turn that was committed before it began. */
  isAnswering: (_: Args, purpose: ResponsePurpose) =>
    purpose === 'reply' || purpose === 'toolAnswer' || purpose === 'resumption',
  /** The tool was done, or a rule refused it; a failure says neither. */
  isCertain: (_: Args, { status }: ToolOutcome) => status === 'ok' || status === 'refused',
  isEmpty: (_: Args, outcome: ResponseOutcome) => isEmpty(outcome),
  /** No word of it will be heard. A far end that is told to let the greeting alone may still break it off. */
  isGreetingLost: (_: Args, outcome: ResponseOutcome) => isLost(outcome),
  isGreetingLostWithRetriesLeft: ({ context }: Args, outcome: ResponseOutcome) =>
    isLost(outcome) && context.retries < MAX_RETRIES,
  /** Behind a clip that still plays, audio that comes is not told as its beginning. */
  isGoodbye: (_: Args, { purpose, outcome }: FinishedResponse) => purpose === 'goodbye' && outcome.hadAudio,
  isNoGoodbye: (_: Args, { purpose, outcome }: FinishedResponse) => purpose === 'goodbye' && isEmpty(outcome),
  /** The response broke off while it was heard. */
  isCutShort: (_: Args, outcome: ResponseOutcome) =>
    outcome.status === 'failed' || outcome.status === 'incomplete' || isEmpty(outcome),

  /** The agent speaks, or is at work: whatever the caller says is answered behind that. */
  isAgentFirst: or([
    inState('#floor.conversing.greeting'),
    inState('#floor.conversing.responding'),
    inState('#floor.conversing.toolExecuting'),
    inState('#floor.conversing.listening.apologizing'),
  ]),
  isFreeToAnswer: and([isConversing, not(isCallerBusy), 'isLastTool']),
};

const isLost = (outcome: ResponseOutcome) =>
  isEmpty(outcome) || (outcome.reason === 'turn_detected' && !outcome.hadAudio);

/** The response has no audio and no tool call, and was not cancelled. */
const isEmpty = ({ hadAudio, status, toolCalls }: ResponseOutcome) =>
  !hadAudio && toolCalls === 0 && status !== 'cancelled';
