/** The time by the viewer's clock, in ms since the Unix epoch. Times of a call come from the engine's clock instead. */
export const now = (): number => Date.now();
