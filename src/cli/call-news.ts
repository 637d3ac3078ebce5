import type { SpokenWords } from '../protocol/console-live.ts';
import type { EndOfCall } from './end-of-call.ts';
import type { Latencies } from './latencies.ts';

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
  /** Caller or agent becomes audible or silent on the line. */
  | { type: 'floor'; atMs: number; who: 'caller' | 'agent'; isHeard: boolean }
  | { type: 'cleared'; atMs: number; droppedMs: number }
  | { type: 'pressed'; atMs: number; digits: string }
  /** The agent is heard again after its stream was lost: what the caller heard nothing in, and what there was no stream in. */
  | { type: 'gap'; atMs: number; gapMs: number; streamlessMs: number }
  | { type: 'note'; atMs: number; text: string }
  | ({ type: 'ended'; atMs: number; latencies: Latencies } & EndOfCall);

/** Prints the news of a call, as they come. */
export type NewsPrinter = (news: CallNews) => void;
