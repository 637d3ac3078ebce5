const twoDigits = new Intl.NumberFormat(undefined, { minimumIntegerDigits: 2, useGrouping: false });
const plain = new Intl.NumberFormat(undefined, { useGrouping: false });

/** A time as a stopwatch shows it: `0:42`, `1:02:03`. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const rest = twoDigits.format(seconds % 60);
  return hours === 0
    ? `${plain.format(minutes)}:${rest}`
    : `${plain.format(hours)}:${twoDigits.format(minutes % 60)}:${rest}`;
}
