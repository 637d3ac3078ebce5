import type { Wait } from '../protocol/turn-times.ts';

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
