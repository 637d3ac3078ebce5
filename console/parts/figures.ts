/** Times and numbers as text, in the viewer's language. */

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const dayTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const two = new Intl.NumberFormat(undefined, { minimumIntegerDigits: 2, useGrouping: false });
const tenths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat();

/** A time of day: `14:05:31`, in the viewer's notation and time zone. */
export const timeText = (ms: number): string => time.format(ms);
export const dayTimeText = (ms: number): string => dayTime.format(ms);
export const fullTimeText = (ms: number): string => full.format(ms);
export const countText = (count: number): string => whole.format(count);

/** A length of time that is running: `0:07`, `12:31`, `1:02:03`. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours > 0
    ? `${whole.format(hours)}:${two.format(minutes)}:${two.format(rest)}`
    : `${whole.format(minutes)}:${two.format(rest)}`;
}

/** A time since the start of a call: `0:04.2`. */
export function placeText(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  const seconds = (Math.max(0, ms) - minutes * 60_000) / 1000;
  const floored = Math.floor(seconds * 10) / 10;
  return `${whole.format(minutes)}:${floored < 10 ? two.format(0).slice(0, 1) : ''}${tenths.format(floored)}`;
}

/** A length of time: `340 ms`, `4.2 s`, `12:31`. */
export function lengthText(ms: number): string {
  if (ms >= 60_000) return clockText(ms);
  return ms < 1000 ? `${whole.format(Math.round(ms))} ms` : `${tenths.format(ms / 1000)} s`;
}

/** A length to the millisecond: `1,240 ms`. */
export const millisText = (ms: number): string => `${whole.format(Math.round(ms))} ms`;

/** A name of the engine in words: `caller_hung_up` is "caller hung up". */
export const wordsOf = (name: string): string => name.replaceAll('_', ' ');

/** Shown where there is no value. */
export const NOTHING = '–';
