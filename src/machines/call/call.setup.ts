import { assign, emit, enqueueActions, raise, sendTo, setup } from 'xstate';
import type { ErrorNote } from '../../errors.ts';
import type { HeardItem } from '../../media/heard.ts';
import type { Asked, CallContext, CallInput } from './call.context.ts';
import { callDelays } from './call.delays.ts';
import type {
  CallAnnouncement,
  CallEvent,
  EndReason,
  ModelFact,
  PausedBy,
  PhoneFact,
  RecordingRequest,
  ResponseOutcome,
  ToolboxFact,
  ToolFact,
  ToolRequest,
  ResponsePurpose,
} from './call.events.ts';
import { callGuards } from './call.guards.ts';
import type { OwnEvent } from './own-events.ts';
import { lateModel } from './call.lateness.ts';
import type { ModelOrder } from '../session/session.events.ts';
import { CANCELLED } from '../tool-call/tool-call.machine.ts';
import { callPorts, type ClipName, type PhoneOrder } from './call.ports.ts';

interface RecordingPause {
  readonly by: PausedBy;
  readonly since?: number;
}

type LateTool = Extract<ToolboxFact, { type: 'tool.cameLate' }>;

/** The greeting as an item of the agent's, where a clip says it. A call is greeted once. */
const GREETING_ITEM = 'greeting';

/**
 * The words a call's chart is written in.
 *
 * Four kinds of action, told apart by their first word: `record` changes the
 * context, `tell` gives an order to a leg, `start` and `settle` concern tool
 * calls, `announce` lets listeners know. A guard is a question. What an action
 * needs from an event it takes as params, so the chart shows what flows where.
 */
export const callSetup = setup({
  types: {
    context: {} as CallContext,
    input: {} as CallInput,
    events: {} as CallEvent | OwnEvent,
    emitted: {} as CallAnnouncement,
    output: {} as { reason: EndReason },
    children: {} as { phone: 'phoneLeg'; model: 'modelSession' },
  },
  actors: callPorts,
  delays: callDelays,
  guards: callGuards,
  actions: {
    /** The first reason holds: a caller who hangs up during the goodbye was said goodbye to. */
    recordEnd: assign({ endReason: ({ context }, reason: EndReason) => context.endReason ?? reason }),
    recordDoubt: assign((_, itemId: string | undefined) => ({ doubted: itemId })),
    /** The caller has the floor: what they say is no noise, and the call does not end before it is answered. */
    recordFloor: enqueueActions(({ enqueue }) => {
      enqueue.assign({ doubted: undefined, endReason: undefined });
      enqueue.raise({ type: 'end.withdrawn' } satisfies OwnEvent);
    }),
    /** A stream that broke, or that was thrown out: nobody has said that the caller hung up. */
    recordLoss: assign((_, loss: ErrorNote) => ({ loss })),
    recordLossEnd: assign(({ context: { endReason, loss } }) => ({
      endReason:
        endReason ??
        ((loss?.code ?? 'STREAM_LOST') === 'STREAM_LOST' ? ('lost' as const) : ('failed' as const)),
    })),
    recordFailure: assign((_, failure: ErrorNote) => ({ failure })),
    /** Whatever else was to be said, the caller has spoken now. */
    recordCommitted: assign({ wordsOwed: ({ context }) => context.wordsOwed + 1, asked: undefined }),
    recordAsked: assign((_, asked: Asked) => ({ asked })),
    recordWords: assign({ wordsOwed: ({ context }) => context.wordsOwed - 1, idlePrompts: 0 }),
    recordStrayWords: assign({ idlePrompts: 0 }),
    recordPrompt: assign({ idlePrompts: ({ context }) => context.idlePrompts + 1 }),
    recordTelling: assign({ tellings: ({ context }) => context.tellings + 1 }),
    recordRetry: assign({ retries: ({ context }) => context.retries + 1 }),
    recordStumble: assign({ retries: 0, failures: ({ context }) => context.failures + 1 }),
    recordSpeech: assign({ retries: 0, failures: 0, audioMs: 0, asked: undefined }),
    recordAudio: assign({
      audioMs: ({ context }, { audioMs }: ResponseOutcome) => context.audioMs + audioMs,
    }),
    /** An entry begins: what is left of one that was broken off does not belong to it. */
    recordFirstDigit: assign((_, digit: string) => ({ digits: digit })),
    recordDigit: assign({ digits: ({ context }, digit: string) => context.digits + digit }),

    tellPhoneToClear: sendTo('phone', { type: 'clearPlayback' } satisfies PhoneOrder),
    tellPhoneToPause: sendTo('phone', { type: 'pausePlayback' } satisfies PhoneOrder),
    tellPhoneToResume: sendTo('phone', { type: 'resumePlayback' } satisfies PhoneOrder),
    tellPhoneToPlay: sendTo('phone', (_, clip: ClipName): PhoneOrder => ({ type: 'playClip', clip })),
    tellPhoneToMute: sendTo('phone', (_, muted: boolean): PhoneOrder => ({ type: 'mutePlayback', muted })),
    tellPhoneToHangUp: sendTo('phone', { type: 'leaveStream', next: 'hangup' } satisfies PhoneOrder),
    /** Ends the call at the carrier, wherever the caller is. */
    tellPhoneToEndCall: sendTo('phone', { type: 'endCall' } satisfies PhoneOrder),
    /** The carrier is asked to ask what comes after the stream. */
    tellPhoneToRecall: sendTo('phone', { type: 'recall' } satisfies PhoneOrder),
    tellPhoneToDropStream: sendTo('phone', { type: 'dropStream' } satisfies PhoneOrder),
    tellPhoneToDial: sendTo('phone', { type: 'leaveStream', next: 'dial' } satisfies PhoneOrder),

    tellModelToAllowReplies: sendTo('model', { type: 'allowReplies', allowed: true } satisfies ModelOrder),
    tellModelToHoldReplies: sendTo('model', { type: 'allowReplies', allowed: false } satisfies ModelOrder),
    tellModelToCancel: sendTo('model', { type: 'cancelResponse' } satisfies ModelOrder),
    tellModelToCommit: sendTo('model', { type: 'commitTurn' } satisfies ModelOrder),
    tellModelToClose: sendTo('model', { type: 'close' } satisfies ModelOrder),
    tellModelWhatWasHeard: sendTo('model', (_, heard: readonly HeardItem[]): ModelOrder => ({
      type: 'settleItems',
      heard,
    })),
    tellModelToSpeak: sendTo('model', (_, purpose: ResponsePurpose): ModelOrder => ({
      type: 'createResponse',
      purpose,
    })),
    tellModelToSay: sendTo('model', (_, text: string): ModelOrder => ({
      type: 'createResponse',
      purpose: 'say',
      text,
    })),
    tellModelToAnnounce: sendTo('model', ({ context }): ModelOrder => ({
      type: 'createResponse',
      purpose: 'say',
      text: context.announcement,
    })),
    tellModelToExplain: sendTo('model', (_, result: string): ModelOrder => ({
      type: 'createResponse',
      purpose: 'transferFailed',
      text: result,
    })),
    tellModelToKeepTools: sendTo('model', (_, names: readonly string[]): ModelOrder => ({
      type: 'keepTools',
      names,
    })),
    /** In words of ours: what a tool answers is nobody's instruction. The result itself is there when it is asked for again. */
    tellModelWhatCameLate: sendTo('model', (_, { name, outcome: { status } }: LateTool): ModelOrder => ({
      type: 'addMessage',
      role: 'system',
      text: `${name} has come to an end after all, and ${status === 'ok' ? 'it was done' : 'nothing was done'}. This holds instead of what it answered before. Calling it again in the same words only repeats the result.`,
    })),
    tellModelInConfidence: sendTo('model', (_, text: string): ModelOrder => ({
      type: 'addMessage',
      role: 'system',
      text,
    })),
    /** The clip greets; the model learns what was heard of it. It remembers first: the clip is heard at once. */
    tellLegsToGreet: enqueueActions(({ context, enqueue }) => {
      enqueue.sendTo('model', {
        type: 'rememberClip',
        itemId: GREETING_ITEM,
        text: context.greeting,
      } satisfies ModelOrder);
      enqueue.sendTo('phone', {
        type: 'playClip',
        clip: 'greeting',
        itemId: GREETING_ITEM,
      } satisfies PhoneOrder);
    }),
    /** Settles every debt to the caller: the reply that is asked for answers all of it. */
    tellModelToReply: enqueueActions(({ enqueue }) => {
      enqueue.assign({ asked: undefined });
      enqueue.sendTo('model', { type: 'createResponse', purpose: 'reply' } satisfies ModelOrder);
      enqueue.raise({ type: 'reply.asked' } satisfies OwnEvent);
    }),
    /** Says sorry for the lost stream and goes on: answers whatever was owed, as every reply does. */
    tellModelToResume: enqueueActions(({ enqueue }) => {
      enqueue.assign({ asked: { purpose: 'resumption' } });
      enqueue.sendTo('model', { type: 'createResponse', purpose: 'resumption' } satisfies ModelOrder);
      enqueue.raise({ type: 'reply.asked' } satisfies OwnEvent);
    }),
    /** What came to nothing is asked for once more. */
    tellModelAgain: enqueueActions(({ context, enqueue }) => {
      enqueue.sendTo('model', {
        type: 'createResponse',
        ...(context.asked ?? { purpose: 'reply' }),
      } satisfies ModelOrder);
      enqueue.raise({ type: 'reply.asked' } satisfies OwnEvent);
    }),
    tellModelToFill: enqueueActions(({ enqueue }) => {
      enqueue.sendTo('model', { type: 'createResponse', purpose: 'filler' } satisfies ModelOrder);
      enqueue.raise({ type: 'filler.asked' } satisfies OwnEvent);
    }),
    tellPhoneToFill: enqueueActions(({ enqueue }) => {
      enqueue.sendTo('phone', { type: 'playClip', clip: 'filler' } satisfies PhoneOrder);
      enqueue.raise({ type: 'filler.asked' } satisfies OwnEvent);
    }),
    tellPhoneToHold: enqueueActions(({ enqueue }) => {
      enqueue.sendTo('phone', { type: 'playClip', clip: 'hold' } satisfies PhoneOrder);
      enqueue.raise({ type: 'turn.held' } satisfies OwnEvent);
    }),
    /** Into its memory: whoever ends the turn asks for the answer to it. */
    tellModelTheDigits: enqueueActions(({ context, enqueue }) => {
      enqueue.sendTo('model', {
        type: 'addMessage',
        role: 'user',
        text: `[keypad] ${context.digits}`,
      } satisfies ModelOrder);
      enqueue.assign({ digits: '' });
    }),

    /** Slot ids are bounded; the model's call ids are not, and XState keeps every id it has seen. */
    startToolCall: enqueueActions(({ context, enqueue }, request: ToolRequest) => {
      const slot = `tool.${String(context.nextSlot)}`;
      enqueue.assign({
        nextSlot: context.nextSlot + 1,
        tools: { ...context.tools, [slot]: request.toolCallId },
      });
      enqueue.spawnChild('toolCall', {
        id: slot,
        input: {
          callSid: context.callSid,
          slot,
          request,
          timeoutMs: context.limits.toolTimeoutMs,
        },
      });
    }),
    /** Gives the output back; whether and when an answer is asked for is the affair of `answer`. */
    settleToolCall: enqueueActions(({ context, enqueue }, { slot, toolCallId, outcome }: ToolFact) => {
      const tools = Object.fromEntries(Object.entries(context.tools).filter(([id]) => id !== slot));
      enqueue.assign({ tools });
      enqueue.stopChild(slot);
      enqueue.sendTo('model', {
        type: 'answerTool',
        toolCallId,
        output: outcome.output,
      } satisfies ModelOrder);
    }),
    /** A tool call that nobody waits for is answered without being run, since a call without an answer holds up all others. */
    declineToolCall: sendTo('model', (_, { toolCallId }: ToolRequest): ModelOrder => ({
      type: 'answerTool',
      toolCallId,
      output: CANCELLED.output,
    })),
    cancelToolCalls: enqueueActions(({ context, enqueue }) => {
      for (const slot of Object.keys(context.tools)) enqueue.sendTo(slot, { type: 'cancel' });
    }),

    raiseRestored: enqueueActions(({ context: { restored }, enqueue }) => {
      if (restored !== undefined) enqueue.raise({ type: 'call.restored', restored } satisfies OwnEvent);
    }),
    raiseLineLost: raise(
      (_, error: ErrorNote) => ({ type: 'phone.lost', error, heard: [] }) satisfies PhoneFact,
    ),
    raiseModelLost: raise((_, error: ErrorNote) => ({ type: 'model.lost', error }) satisfies ModelFact),
    dropTurn: raise({ type: 'turn.dropped' } satisfies OwnEvent),
    dropAnswer: raise({ type: 'answer.dropped' } satisfies OwnEvent),
    wantConsent: raise({ type: 'consent.wanted' } satisfies OwnEvent),
    wantEnd: raise({ type: 'end.wanted' } satisfies OwnEvent),

    announceInterruption: emit(
      (_, heard: readonly HeardItem[]) => ({ type: 'turn.interrupted', heard }) as const,
    ),
    announceRecordingBegin: emit({ type: 'recording.begins' }),
    announceRecordingPause: emit((_, { by, since }: RecordingPause) => ({
      type: 'recording.pauses' as const,
      by,
      ...(since !== undefined && { since }),
    })),
    announceRecordingSilence: emit((_, { since = 0 }: RecordingRequest) => ({
      type: 'recording.silences' as const,
      since,
    })),
    announceRecordingResume: emit((_, { by }: RecordingRequest) => ({
      type: 'recording.resumes' as const,
      by,
    })),
    /** Recorded too: whoever misses the model later is told what it was lost of. */
    announceFailure: enqueueActions(({ enqueue }, error: ErrorNote) => {
      enqueue.assign({ failure: error });
      enqueue.emit({ type: 'call.failing', error });
    }),
    /** The model was lost while nobody missed it; now somebody does. */
    announceOldFailure: emit(
      ({ context }) => ({ type: 'call.failing', error: context.failure ?? lateModel }) as const,
    ),
    announceEnd: emit(
      ({ context }) => ({ type: 'call.ended', reason: context.endReason ?? 'completed' }) as const,
    ),
  },
});
