/** The place of a moment on a time axis of `length` ms, as a CSS percentage from its start. */
export const shareOf = (ms: number, length: number): string =>
  `${String(Math.min(100, Math.max(0, (100 * ms) / length)))}%`;
