import { NOTHING } from '../parts/figures.ts';

/** Numbers as text, in the viewer's language. */

const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });
const unit = (name: string, maximumFractionDigits: number) =>
  new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: name,
    unitDisplay: 'short',
    maximumFractionDigits,
  });
const milliseconds = unit('millisecond', 0);
const seconds = unit('second', 1);
const wholeSeconds = unit('second', 0);
const minutes = unit('minute', 0);
const hours = unit('hour', 1);

/** A count in few characters: `12.4K`. */
export const shortCount = (count: number): string => compact.format(count);

export const shareText = (part: number, of: number): string => (of === 0 ? NOTHING : share.format(part / of));

/** A length of time, in the unit that fits it: 340 ms, 4.2 sec, 3 min 20 sec, 2.5 hr. */
export function lengthText(ms: number | null): string {
  if (ms === null) return NOTHING;
  if (ms < 1000) return milliseconds.format(ms);
  if (ms < 60_000) return seconds.format(ms / 1000);
  if (ms >= 3_600_000) return hours.format(ms / 3_600_000);
  const rest = Math.round((ms % 60_000) / 1000);
  const full = Math.floor(ms / 60_000);
  if (rest === 0) return minutes.format(full);
  return rest === 60 ? minutes.format(full + 1) : `${minutes.format(full)} ${wholeSeconds.format(rest)}`;
}

const dayMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const fullDay = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeZone: 'UTC' });

/** A day, `YYYY-MM-DD` in UTC, as text: `25 Nov`. The engine counts in days of UTC. */
export const dayText = (day: string): string => dayMonth.format(new Date(`${day}T00:00:00Z`));
export const fullDayText = (day: string): string => fullDay.format(new Date(`${day}T00:00:00Z`));

const languages = new Intl.DisplayNames(undefined, { type: 'language' });

/** The name of a language, by its BCP 47 tag; the text itself when it is no such tag. */
export function languageText(tag: string): string {
  try {
    return languages.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** A name of the engine in words: `caller_hung_up` is "caller hung up". */
export const wordsText = (name: string): string =>
  name
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
