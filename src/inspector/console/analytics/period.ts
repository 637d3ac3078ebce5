/** The days that are looked at, and whose calls. Stands in the address, so that a view can be sent to somebody. */
export interface Period {
  /** `YYYY-MM-DD` in UTC, both included; empty for no limit. */
  readonly from: string;
  readonly to: string;
  /** An agent's id; empty for all. */
  readonly agent: string;
  /** Whether calls that try the engine are counted, too. */
  readonly withTests: boolean;
}

const DAY_MS = 86_400_000;
const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** The last so many days; today is one of them. @param now - ms since the Unix epoch. */
export function lastDays(days: number, now: number): Pick<Period, 'from' | 'to'> {
  return { from: dayOf(now - (days - 1) * DAY_MS), to: dayOf(now) };
}

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** What an address asks for. What it writes wrongly it does not ask for. */
export function periodOf(search: URLSearchParams): Period {
  const day = (name: string) => {
    const text = search.get(name) ?? '';
    return isDay(text) ? text : '';
  };
  return {
    from: day('from'),
    to: day('to'),
    agent: search.get('agent') ?? '',
    withTests: search.get('tests') === 'include',
  };
}

/** The query of a period, for the API and for the address alike; nothing for what has no limit. */
export function queryOf({ from, to, agent, withTests }: Period): Record<string, string> {
  const asked = { from, to, agent, tests: withTests ? 'include' : '' };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ''));
}

/** Why a period cannot be asked for. */
export function periodTrouble({ from, to }: Period): string | undefined {
  return from !== '' && to !== '' && from > to ? 'The first day is after the last.' : undefined;
}

interface OfDay {
  readonly day: string;
}

/** Every day from the first to the last that is known, those without calls included: a gap must be seen. */
export function everyDay<Item extends OfDay>(
  items: readonly Item[],
  { from, to }: Pick<Period, 'from' | 'to'>,
  empty: (day: string) => Item,
): Item[] {
  const days = items.map(({ day }) => day).sort();
  const first = from === '' ? days[0] : from;
  const last = to === '' ? days.at(-1) : to;
  if (first === undefined || last === undefined) return [];
  const known = new Map(items.map((item) => [item.day, item]));
  const all: Item[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += DAY_MS) {
    const day = dayOf(at);
    all.push(known.get(day) ?? empty(day));
  }
  return all;
}
