import { sessionMachine } from '../session/session.machine.ts';
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
  /** Let go of the stream: the carrier has left it. Answered by `phone.lost`. */
  | { type: 'dropStream' }
  /** Ask the carrier to ask what comes after the stream, which it may not know to be lost. */
  | { type: 'recall' }
  /** Close the stream. `next` is written down before, so that the carrier's question after it has an answer. */
  | { type: 'leaveStream'; next: 'hangup' | 'dial' }
  /** End the call at the carrier, with whoever is on its line: there is no stream to leave while the caller is with a person. */
  | { type: 'endCall' };

/** Sentences the engine can say without the model. */
export type ClipName = 'hold' | 'sorry' | 'failed' | 'greeting' | 'filler';

/**
 * What a dialect's far end can do, as data: the chart asks these and never asks for a name.
 */
export interface ModelCapabilities {
  /** True when the far end cancels its own response when the caller speaks. */
  readonly ownsInterruption: boolean;
  /** True when the far end begins a reply by itself after the caller's turn. */
  readonly ownsReplies: boolean;
  /** Its memory of what it said can be cut. */
  readonly canTruncate: boolean;
}

export interface LegInput {
  readonly callSid: string;
}

/** The children a call needs. `services/calls/filled-chart.ts` fills every slot; the compiler says which it forgot. */
export const callPorts = {
  /** Owns the carrier's socket. Tells `PhoneFact`s. */
  phoneLeg: actorSlot<PhoneOrder, LegInput>('phoneLeg'),
  /** The session with the model, over every socket that it has. Tells `ModelFact`s. */
  modelSession: sessionMachine,
  /** One tool invocation; spawned under a slot id. */
  toolCall: toolCallMachine,
};

export type CallPorts = typeof callPorts;
