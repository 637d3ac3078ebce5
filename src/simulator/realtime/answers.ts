/**
 * What the model answers: the one thing that a Realtime server cannot know by itself.
 *
 * The session knows the wire, and asks for each response; whoever answers knows
 * no event. `understanding-answers.ts` thinks, `scripted-answers.ts` is told.
 */

import type { ResponseParams } from '../../protocol/realtime-client-events.ts';
import type { FunctionTool } from '../../protocol/realtime-session.ts';
import type { SessionConfig } from './session-config.ts';

/** Known at once, or later. What is known at once is told in the same tick. */
export type Soon<Value> = Value | Promise<Value>;

/** What there is to answer. */
export type Prompt =
  /** The words of the caller; undefined when they could not be understood. */
  | { readonly type: 'words'; readonly words: string | undefined }
  /** Outputs of tools, the last one last. */
  | {
      readonly type: 'outputs';
      readonly outputs: readonly { readonly callId: string; readonly output: string }[];
    }
  /** Nothing: the client asks for a reply all the same. */
  | { readonly type: 'nothing'; readonly isFirst: boolean };

/** One response that wants an answer. */
export interface Question {
  /** The response as it was asked for; empty for one that the model makes by itself. */
  readonly params: ResponseParams;
  /** The session as it is now. */
  readonly session: SessionConfig;
  /** What may be called in this response. */
  readonly tools: readonly FunctionTool[];
  /** A tool must be called, whatever there is to answer. */
  readonly isForced: boolean;
  /** What came since the agent last spoke; resolves when the caller's words are known. */
  prompt(): Promise<Prompt>;
  /** The response has ended already: nobody wants its answer any more. */
  isOver(): boolean;
}

/** A piece of audio, sent as one delta. */
export interface AudioPiece {
  /** What is said in it, with the space that parts it from what was said before. */
  readonly text: string;
  /** How long it is heard. */
  readonly ms: number;
  /** How long after it the next event comes, in ms; 0: in the same tick. */
  readonly pauseMs: number;
  /** Its bytes, in the response's format; asked for when it is sent. */
  bytes(): Uint8Array;
}

/** What the voice says in one go. */
export interface Sentence {
  readonly text: string;
  /** Its audio; asked for when the sentence's turn comes, and not at all where text is wanted. */
  pieces(): Soon<readonly AudioPiece[]>;
}

/** A tool as it is called. */
export interface CalledFunction {
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
  /** Chosen by the service unless it is here. */
  readonly callId?: string | undefined;
}

/** What a response says and does, in this order. */
export interface Answer {
  /** None: nothing is said. */
  readonly sentences?: readonly Sentence[];
  readonly calls?: readonly CalledFunction[];
}

/**
 * Answers the responses of one session, one question after another.
 * A promise that rejects ends its response as `failed`, with `server_error`.
 */
export type Answers = (question: Question) => Soon<Answer>;

/** Goes on with what is known now, in this tick, or once it is known. */
export function whenKnown<Value>(
  value: Soon<Value>,
  goOn: (value: Value) => void,
  failed: () => void = () => undefined,
): void {
  if (value instanceof Promise) {
    value.then(goOn, () => {
      failed();
    });
  } else goOn(value);
}
