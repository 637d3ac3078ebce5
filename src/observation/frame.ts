import type { StateValue } from 'xstate';
import type { Json } from './json.ts';

/**
 * What happened inside one call, in our own shapes: what the journal's
 * recorder, the console and a recorded call agree on. Plain JSON; XState's
 * inspection events stop at `tap.ts`.
 *
 * Actors are named by their way from the root: `call`, `phone`, `tool.0`,
 * `tool.0/run`. Two calls that did the same have the same frames but for `at`.
 */
export type Frame = ActorFrame | EventFrame | StepFrame | EndFrame;

interface FrameBase {
  /** Version of the shape. A field may be added within a version; nothing may change its meaning. */
  readonly v: 1;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** An actor came to be. */
export interface ActorFrame extends FrameBase {
  readonly kind: 'actor';
  readonly actor: string;
  /** Absent for the root. */
  readonly parent?: string;
  /** Id of its chart, where the actor is one. */
  readonly machine?: string;
}

/** An event was handed to an actor. Whether it mattered is told by the step that follows. */
export interface EventFrame extends FrameBase {
  readonly kind: 'event';
  /** Absent when it came from outside the call: the desk, a webhook. */
  readonly from?: string;
  readonly to: string;
  readonly type: string;
  /** Everything of the event but its type. Holds words, digits and numbers: not for logs. */
  readonly body: Readonly<Record<string, Json>>;
}

/** A chart took a step. */
export interface StepFrame extends FrameBase {
  readonly kind: 'step';
  readonly actor: string;
  /** The event's type. */
  readonly event: string;
  /** Keys of the transitions taken (`transition-key.ts`); empty when the state does not take that event. */
  readonly taken: readonly string[];
  /**
   * There when the chart took the step by itself, behind the one before: `always`, a region that is
   * done, an event that it raised, and what nobody takes of those.
   */
  readonly follows?: true;
  readonly value: StateValue;
}

/** An actor is no more. */
export interface EndFrame extends FrameBase {
  readonly kind: 'end';
  readonly actor: string;
  readonly status: 'done' | 'error' | 'stopped';
}
