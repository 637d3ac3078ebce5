/** Where a moment lies on a line that stands for a length, both in ms: a CSS percentage from its beginning. */
export const shareOf = (ms: number, length: number): string =>
  `${String(Math.min(100, Math.max(0, (100 * ms) / length)))}%`;
