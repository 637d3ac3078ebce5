import type { SlotKind } from './scenario.ts';

/** By their values. */
export const NUMBERS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const DAY_MS = 86_400_000;

/** When and where the words were said: dates are relative. */
export interface Moment {
  /** Ms since the Unix epoch. */
  readonly now: number;
  /** IANA time zone. */
  readonly zone: string;
}

/** What the words of a slot become in an argument. */
export function valueOf(kind: SlotKind, words: string, moment: Moment): string {
  switch (kind) {
    case 'words':
      return words;
    case 'digits':
      return words
        .split(' ')
        .map((word) => String(NUMBERS.indexOf(word)))
        .join('');
    case 'date':
      return dateOf(words, moment);
    case 'time':
      return timeOf(words);
  }
}

/** YYYY-MM-DD; a weekday is the next one after today. */
function dateOf(words: string, { now, zone }: Moment): string {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(now);
  const start = Date.parse(`${today}T00:00:00Z`);
  const weekday = WEEKDAYS.findIndex((name) => words.endsWith(name));
  const ahead =
    weekday < 0 ? Number(words === 'tomorrow') : ((weekday - new Date(start).getUTCDay() + 6) % 7) + 1;
  return new Date(start + ahead * DAY_MS).toISOString().slice(0, 10);
}

/** HH:MM; an hour before seven without its part of the day is in the afternoon, as business hours are. */
function timeOf(words: string): string {
  if (words === 'noon') return '12:00';
  const said = NUMBERS.findIndex((name) => words.split(' ')[0] === name) % 12;
  const isMorning = words.includes('morning') || (said >= 7 && !/afternoon|evening/.test(words));
  const minutes = words.includes('thirty')
    ? 30
    : words.includes('forty five')
      ? 45
      : words.includes('fifteen')
        ? 15
        : 0;
  const hour = isMorning ? said : said + 12;
  return `${String(hour).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
}

/** A time or a date-time as somebody says it: `15:30`, `2026-11-30T15:30:00-05:00` are "three thirty". Undefined for others. */
export function spokenTime(value: string): string | undefined {
  const found = /(?:^|T)(\d\d):(\d\d)(?::\d\d.*)?$/.exec(value);
  if (found === null) return undefined;
  const hour = NUMBERS[Number(found[1]) % 12 || 12] ?? '';
  const minutes = Number(found[2]);
  return minutes === 0 ? `${hour} o'clock` : `${hour} ${minutes < 10 ? 'oh ' : ''}${String(minutes)}`;
}

/** Text as the recogniser would write it: small letters, times and digits by name, no punctuation. */
export function spelled(text: string): string {
  return text
    .toLowerCase()
    .replace(CLOCK_TIME, (written, hour: string, minutes?: string, half?: string) =>
      minutes === undefined && half === undefined ? written : clockWords(Number(hour), minutes, half),
    )
    .replace(/\b(at|around) (\d{1,2})\b/g, (written, word: string, hour: string) => {
      const name = Number(hour) === 0 ? undefined : NUMBERS[Number(hour)];
      return name === undefined ? written : `${word} ${name}`;
    })
    .replace(/\d/g, (digit) => ` ${NUMBERS[Number(digit)] ?? ''} `)
    .replace(/[’]/g, "'")
    .replace(/[^a-z']+/g, ' ')
    .trim();
}

/** `3:30`, `3 pm`, `15:00`, `3:30 p.m.` */
const CLOCK_TIME = /\b(\d{1,2})(?::([0-5]\d))?(?:\s?([ap])\.?m\b\.?)?/g;
const MINUTES: Readonly<Record<string, string>> = {
  '15': 'fifteen',
  '30': 'thirty',
  '45': 'forty five',
};

function clockWords(hour: number, minutes = '00', half?: string): string {
  const isLate = half === 'p' || hour > 12;
  const name = NUMBERS[hour % 12 || 12] ?? '';
  const past = minutes === '00' ? "o'clock" : (MINUTES[minutes] ?? minutes);
  const part = half === undefined && hour <= 12 ? '' : isLate ? ' in the afternoon' : ' in the morning';
  return `${name} ${past}${part}`;
}

/** How a text has the words that were found in its spelling: with its capitals and accents. */
export function writtenAs(text: string, words: string): string {
  const tokens = text.split(/\s+/).filter(Boolean);
  for (let from = 0; from < tokens.length; from++) {
    for (let to = from + 1; to <= tokens.length; to++) {
      const written = tokens.slice(from, to).join(' ');
      if (spelled(written) === words) return written.replace(/[.,;:!?]$/, '');
    }
  }
  return words;
}

/** Any words may stand in an open slot, but the sentence goes on behind it. */
export function withoutRest(words: string): string {
  const [first = '', ...others] = words.split(' ');
  const end = others.findIndex((word) => GOES_ON.has(word));
  return [first, ...(end < 0 ? others : others.slice(0, end))].join(' ');
}

const GOES_ON = new Set('and but i my please so thank thanks for at on to the can could would'.split(' '));
