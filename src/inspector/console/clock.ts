/** The viewer's clock, in ms since the Unix epoch: for what has lasted how long. Times of a call are the engine's. */
export const now = (): number => Date.now();
