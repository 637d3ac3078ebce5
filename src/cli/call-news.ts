import type { SpokenWords } from '../protocol/console-live.ts';
import type { Wait } from '../protocol/turn-times.ts';
import type { EndOfCall } from './end-of-call.ts';

/**
 * What happens in a call that was placed from the command line, in the order it
 * became known. `atMs` counts from the moment the call was placed.
 */
export type CallNews =
  | {
      type: 'calling';
      atMs: number;
      url: string;
      isStarted: boolean;
      callSid: string;
      from: string;
      to: string;
    }
  /** The call's chart entered a state. */
  | { type: 'state'; atMs: number; state: string }
  /** A line of the transcript; a tool's line tells what became of it. */
  | { type: 'said'; atMs: number; role: 'caller' | 'agent' | 'tool'; text: string; interrupted: boolean }
  /** The model calls a tool. `arguments` and `result` are JSON values, or the text where it was none. */
  | { type: 'toolCalled'; atMs: number; toolCallId: string; name: string; arguments: unknown }
  /** What the model was told. `status` is `ok`, `refused`, `failed` or `cancelled`. */
  | {
      type: 'toolSettled';
      atMs: number;
      toolCallId: string;
      name: string;
      status: string;
      result: unknown;
      tookMs: number;
    }
  /** What is being said, all of it, as far as it was heard; nothing when it has come to its end. */
  | { type: 'speaking'; atMs: number; lines: readonly SpokenWords[] }
  /** Somebody begins or ceases to be heard on the line. */
  | { type: 'floor'; atMs: number; who: 'caller' | 'agent'; isHeard: boolean }
  | { type: 'cleared'; atMs: number; droppedMs: number }
  | { type: 'pressed'; atMs: number; digits: string }
  | { type: 'note'; atMs: number; text: string }
  | ({ type: 'ended'; atMs: number; latencies: Latencies } & EndOfCall);

/** How long the caller had to wait, in milliseconds. */
export interface Latencies {
  /** Whose figures these are: the engine's, the same as everywhere, or the line's where the engine shows none. */
  readonly countedBy: 'engine' | 'line';
  /** From the stream's start to the first audio of the greeting. */
  readonly greetingMs: number | undefined;
  /** From the caller falling silent to the agent being heard, for each answer. */
  readonly answersMs: readonly number[];
  /** What each of these was spent on; empty where only the line has counted. */
  readonly answers: readonly Wait[];
}

/** Prints the news of a call, as they come. */
export type NewsPrinter = (news: CallNews) => void;
