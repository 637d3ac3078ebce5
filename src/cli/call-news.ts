import type { CallOutcome } from '../simulator/carrier/carrier-events.ts';

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
  /** Somebody begins or ceases to be heard on the line. */
  | { type: 'floor'; atMs: number; who: 'caller' | 'agent'; isHeard: boolean }
  | { type: 'cleared'; atMs: number; droppedMs: number }
  | { type: 'pressed'; atMs: number; digits: string }
  | { type: 'note'; atMs: number; text: string }
  | {
      type: 'ended';
      atMs: number;
      outcome: CallOutcome;
      endReason: string | undefined;
      latencies: Latencies;
    };

/** How long the caller had to wait, in milliseconds. */
export interface Latencies {
  /** From the stream's start to the first audio of the greeting. */
  readonly greetingMs: number | undefined;
  /** From the end of each of the caller's utterances to the agent being heard. */
  readonly answersMs: readonly number[];
}

/** Prints the news of a call, as they come. */
export type NewsPrinter = (news: CallNews) => void;
