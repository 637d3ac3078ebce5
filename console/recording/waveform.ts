/** The most columns of the drawing: more cannot be seen on any screen. */
const MOST_COLUMNS = 1600;
const LOUDEST = 255;
/** The least height, from 0 to 1: silence is a thin line. */
const THINNEST = 0.02;

/** Levels as the engine sends them: base64 of bytes. */
export const levelsOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

/**
 * The outline of a voice as an SVG path, from 0 to 1 across and from -1 to 1 up and down. Heights are square roots
 * of the levels: quiet speech is drawn larger, as ears hear it.
 */
export function waveOf(levels: Uint8Array): string {
  const columns = Math.min(MOST_COLUMNS, levels.length);
  if (columns === 0) return '';
  const heights = Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * levels.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * levels.length) / columns));
    let loudest = 0;
    for (let i = from; i < to; i++) loudest = Math.max(loudest, levels[i] ?? 0);
    return Math.max(THINNEST, Math.sqrt(loudest / LOUDEST));
  });
  const x = (column: number) => (column / columns).toFixed(5);
  const upper = heights.map((height, at) => `L${x(at)} ${(-height).toFixed(3)}H${x(at + 1)}`);
  const lower = heights.map((height, at) => `L${x(at + 1)} ${height.toFixed(3)}H${x(at)}`).reverse();
  return `M0 0${upper.join('')}${lower.join('')}Z`;
}
