/** How many rows Page Up and Page Down move. */
const PAGE = 15;

/** The position of the shown row that a key goes to; undefined for other keys. */
export function keyTarget(key: string, current: number, total: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return Math.min(total - 1, current + 1);
    case 'ArrowUp':
      return Math.max(0, current - 1);
    case 'PageDown':
      return Math.min(total - 1, current + PAGE);
    case 'PageUp':
      return Math.max(0, current - PAGE);
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return undefined;
  }
}
