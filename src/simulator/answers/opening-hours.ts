import { type Moment, valueOf } from '../scenario-values.ts';
import type { BusinessFacts } from './business-facts.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const SPAN =
  /^((?:mon|tue|wed|thu|fri|sat|sun)(?:, (?:mon|tue|wed|thu|fri|sat|sun))*) (\d\d:\d\d) to (\d\d:\d\d)$/;
const DAY_ASKED = /\b(today|tonight|now|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?\b/;

type Span = readonly [from: string, to: string];

/** What the opening hours are on the day that was asked for, or in general; undefined when none were told. */
export function hoursAnswer(facts: BusinessFacts, asked: string, moment: Moment): string | undefined {
  if (facts.hours === '') return undefined;
  const week = weekOf(facts.hours);
  if (week === undefined) return sentence(facts.hours);
  const general = `We are open ${weekText(week)}.`;
  const day = DAY_ASKED.exec(asked.toLowerCase())?.[1];
  if (day === undefined) return general;
  const isToday = ['today', 'tonight', 'now'].includes(day);
  const date = valueOf('date', isToday ? 'today' : day, moment);
  const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
  const name = NAMES[weekday] ?? '';
  const when = isToday ? `Today, ${name},` : day === 'tomorrow' ? `Tomorrow, ${name},` : `On ${name}`;
  if (facts.closedOn.includes(date)) return `${when} the ${spokenDate(date)}, we are closed for a holiday.`;
  const spans = week[weekday] ?? [];
  return spans.length === 0
    ? `${when} we are closed. ${general}`
    : `${when} we are open ${spansText(spans)}.`;
}

/** The spans of each day from Monday on; undefined when the hours are told in prose. */
function weekOf(hours: string): Span[][] | undefined {
  const week: Span[][] = DAYS.map(() => []);
  for (const part of hours.split('; ')) {
    const [, days, from = '', to = ''] = SPAN.exec(part) ?? [];
    if (days === undefined) return undefined;
    for (const day of days.split(', ')) week[DAYS.indexOf(day)]?.push([from, to]);
  }
  return week;
}

/** Days that follow each other and have the same hours are told together. */
function weekText(week: readonly Span[][]): string {
  const runs: { first: number; last: number; text: string }[] = [];
  for (const [day, spans] of week.entries()) {
    const text = spansText(spans);
    const run = runs.at(-1);
    if (text === '') continue;
    if (run?.text === text && run.last === day - 1) run.last = day;
    else runs.push({ first: day, last: day, text });
  }
  return listed(
    runs.map(({ first, last, text }) => {
      const until = last === first ? '' : ` ${last === first + 1 ? 'and' : 'to'} ${NAMES[last] ?? ''}`;
      return `${NAMES[first] ?? ''}${until} ${text}`;
    }),
  );
}

const spansText = (spans: readonly Span[]) =>
  listed(spans.map(([from, to]) => `from ${clockText(from)} to ${clockText(to)}`));

/** `13:30` as `1:30 PM`, which the voice says and the eye reads. */
function clockText(time: string): string {
  const [hour = 0, minutes = 0] = time.split(':').map(Number);
  if (minutes === 0 && hour % 24 === 0) return 'midnight';
  if (minutes === 0 && hour === 12) return 'noon';
  const past = minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`;
  return `${String(hour % 12 || 12)}${past} ${hour % 24 < 12 ? 'AM' : 'PM'}`;
}

const spokenDate = (date: string) =>
  new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  );

/** Several things as one says them. */
export const listed = (parts: readonly string[]) => new Intl.ListFormat('en').format(parts);

/** A text as a sentence, with its full stop. */
export const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);
