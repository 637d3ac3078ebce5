import type { Config } from '../config.ts';

/** What a process is told that is to become a worker. */
export interface WorkerOpening {
  /** As it was read and checked once for all, with the port that was taken. */
  readonly config: Config;
  /** Where the simulated model is that all have; undefined where there is a real one. */
  readonly simulatedUrl: string | undefined;
}
