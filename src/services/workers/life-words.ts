/** What a worker and the process that watches over it say of the worker's life: topics of a pipe, and their data. */

/** The worker's program is loaded: it can open at once. */
export const WARM = 'life.warm';
/** The worker is to become a part of the engine, with what it is told along. Answered when it could take calls. */
export const OPEN = 'life.open';
/** It is to take calls. Answered when it listens. */
export const LISTEN = 'life.listen';
/** Its event loop turns. */
export const BEAT = 'life.beat';
/** It is to end its calls, and itself. */
export const DRAIN = 'life.drain';
/** It is to end at once, and to leave its calls to whoever is asked about them next. */
export const LEAVE = 'life.leave';

/** What the worker has counted: asked of it, and told by it before it ends. */
export const VALUES = 'life.values';
/** What all workers have counted, as a scrape is answered. */
export const SUMS = 'life.sums';

/** Between two beats, in ms. */
export const BEAT_MS = 500;

export interface DrainWords {
  /** How long its calls may take, in ms. */
  readonly withinMs: number;
  /** Others take its place at the port: it takes no connection any more. */
  readonly leavesPort: boolean;
}
