import type { HeardItem } from '../../media/heard.ts';
import type { ResponsePurpose } from './call.events.ts';
import { toolCallMachine } from '../tool-call/tool-call.machine.ts';
import { actorSlot } from '../slot.ts';

/** Orders to the phone leg. */
export type PhoneOrder =
  /** Drop what the carrier has buffered. Answered by `playback.cleared`, also when nothing was playing. */
  | { type: 'clearPlayback' }
  /** Fall silent, but keep what was not heard. Answered by `playback.paused`. */
  | { type: 'pausePlayback' }
  /** Play on from the heard position. */
  | { type: 'resumePlayback' }
  /**
   * Say a sentence that needs no model. Answered like a response: `playback.started`, `playback.finished`.
   * With an `itemId` it is an item of the agent like any other: what was heard of it is told.
   */
  | { type: 'playClip'; clip: ClipName; itemId?: string }
  | { type: 'mutePlayback'; muted: boolean }
  /** Close the stream. `next` is written down before, so that the carrier's question after it has an answer. */
  | { type: 'leaveStream'; next: 'hangup' | 'dial' }
  /** End the call at the carrier, with whoever is on its line: there is no stream to leave while the caller is with a person. */
  | { type: 'endCall' };

/** Sentences the engine can say without the model. */
export type ClipName = 'hold' | 'sorry' | 'failed' | 'greeting' | 'filler';

/** Orders to the model leg. */
export type ModelOrder =
  /** Send the session's configuration. Answered by `model.configured` or `model.refused`. */
  | { type: 'configure' }
  /** Whether the far end may begin a reply by itself when the caller's turn ends. */
  | { type: 'allowReplies'; allowed: boolean }
  /**
   * Queue a response; only one runs at a time. Answered by `response.started`, `response.finished`.
   * A `toolAnswer` waits until every tool call that was told has been answered, so one response answers them all;
   * a `reply` or `toolAnswer` is moot, and dropped, when a response that began later has covered what it was for.
   */
  | { type: 'createResponse'; purpose: ResponsePurpose; text?: string }
  /** Stop generating, and drop what still arrives of it; forget queued responses. */
  | { type: 'cancelResponse' }
  /** End the caller's turn now, although they are still speaking. Answered by `caller.committed`. */
  | { type: 'commitTurn' }
  /** Cut the model's memory to what was heard. Answered by one `agent.said` for each item that had audio. */
  | { type: 'settleItems'; heard: readonly HeardItem[] }
  /** Give a tool's output back. No response is created by it. */
  | { type: 'answerTool'; toolCallId: string; output: string }
  /** From now on the model has only these of its tools. */
  | { type: 'keepTools'; names: readonly string[] }
  /** Put a message into the conversation. No response is created by it. */
  | { type: 'addMessage'; role: 'user' | 'system' | 'assistant'; text: string }
  /**
   * A clip says this as the agent's first item, of that id. Answered by `agent.startedItem`; `settleItems` settles
   * it like any other: one `agent.said`, and the words that were heard stand first in the model's memory.
   */
  | { type: 'rememberClip'; itemId: string; text: string }
  /** Close the session. */
  | { type: 'close' };

/**
 * What a dialect's far end can do, as data: the chart asks these and never asks for a name.
 */
export interface ModelCapabilities {
  /** It cancels its own response when the caller speaks. */
  readonly ownsInterruption: boolean;
  /** It begins a reply by itself when the caller's turn ends. */
  readonly ownsReplies: boolean;
  /** Its memory of what it said can be cut. */
  readonly canTruncate: boolean;
}

export interface LegInput {
  readonly callSid: string;
}

/** The children a call needs. `services/call-actors.ts` fills every slot; the compiler says which it forgot. */
export const callPorts = {
  /** Owns the carrier's socket. Tells `PhoneFact`s. */
  phoneLeg: actorSlot<PhoneOrder, LegInput>('phoneLeg'),
  /** Owns the model's socket. Tells `ModelFact`s. */
  modelLeg: actorSlot<ModelOrder, LegInput>('modelLeg'),
  /** One tool invocation; spawned under a slot id. */
  toolCall: toolCallMachine,
};

export type CallPorts = typeof callPorts;
