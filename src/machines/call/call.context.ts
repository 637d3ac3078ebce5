import type { ErrorNote } from '../../errors.ts';
import type { EndReason, ResponsePurpose } from './call.events.ts';
import type { RestoredCall } from './restored-call.ts';

/** What differs from call to call. Plain data: sockets and profiles stay outside, found by `callSid`. */
export interface CallInput {
  readonly callSid: string;
  /**
   * Who begins a reply when the caller's turn ends. `model`: the far end does, by itself.
   * `chart`: this chart asks for each reply, because the far end cannot or must not.
   */
  readonly turns: 'model' | 'chart';
  /** `immediate`: any speech interrupts. `confirmed`: the agent falls silent, and goes on when no speech follows. */
  readonly bargeIn: 'immediate' | 'confirmed';
  /** `model`: the model says the greeting. `clip`: it is played from a rendered clip, and the model is told so. */
  readonly greetingMode: 'model' | 'clip';
  /** What the caller hears while a tool takes long. */
  readonly filler: 'clip' | 'model' | 'none';
  /** The greeting, word for word. */
  readonly greeting: string;
  /** Whether there is a person to hand the call to. */
  readonly canTransfer: boolean;
  /** Whether the call is recorded, once it has been announced. */
  readonly isRecorded: boolean;
  /** What the caller has to hear before that, word for word. Empty: not known, the agent's first words are taken for it. */
  readonly announcement: string;
  readonly limits: CallLimits;
  /** Of a call that began in another process. */
  readonly restored?: RestoredCall;
}

export interface Asked {
  readonly purpose: ResponsePurpose;
  readonly text?: string;
}

/** All in milliseconds. */
export interface CallLimits {
  readonly maxCallMs: number;
  readonly idleMs: number;
  readonly toolTimeoutMs: number;
  readonly maxTurnMs: number;
  readonly minSpeechMs: number;
}

/**
 * What a call remembers besides its states: identities, texts, counts. Never a
 * condition: a condition is a state, and has one place.
 */
export interface CallContext extends CallInput {
  /** Running tool calls: slot id → the model's id of the call. */
  readonly tools: Readonly<Record<string, string>>;
  /** The next slot's number. */
  readonly nextSlot: number;
  /** What the agent is to say now, other than to answer: asked for again when it comes to nothing. */
  readonly asked: Asked | undefined;
  /** The turn that silenced the agent, as long as it may be a noise; and then, if it was one. */
  readonly doubted: string | undefined;
  /** Committed turns whose words have not come yet. */
  readonly wordsOwed: number;
  /** How often the caller has been asked whether they are still there, since they last spoke. */
  readonly idlePrompts: number;
  /** How often the recording was announced again. */
  readonly tellings: number;
  /** Retries of the response that is owed now. */
  readonly retries: number;
  /** Responses in a row that came to nothing, retries included. */
  readonly failures: number;
  /** Audio of the responses that have ended since the agent became audible, in ms. */
  readonly audioMs: number;
  /** Digits keyed in so far, of an entry that has not ended. */
  readonly digits: string;
  /** Set by whatever first decided to end the call. */
  readonly endReason: EndReason | undefined;
  /** What the stream was lost of, the last time. */
  readonly loss: ErrorNote | undefined;
  /** What the model was lost of. */
  readonly failure: ErrorNote | undefined;
}

export const contextOf = (input: CallInput): CallContext => ({
  ...input,
  tools: {},
  nextSlot: input.restored?.nextSlot ?? 0,
  asked: undefined,
  doubted: undefined,
  wordsOwed: 0,
  idlePrompts: 0,
  tellings: input.restored?.tellings ?? 0,
  retries: 0,
  failures: 0,
  audioMs: 0,
  digits: '',
  endReason: undefined,
  loss: undefined,
  failure: undefined,
});
