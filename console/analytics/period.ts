/** The days and the agent whose calls are counted. It is part of the address, so that a link shows the same numbers. */
export interface Period {
  /** `YYYY-MM-DD` in UTC, both included; empty for no limit. */
  readonly from: string;
  readonly to: string;
  /** An agent's id; empty for all. */
  readonly agent: string;
  /** Whether test calls are counted, too. */
  readonly withTests: boolean;
}

const DAY_MS = 86_400_000;
const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** The last `days` days in UTC, today included. @param now - ms since the Unix epoch. */
export function lastDays(days: number, now: number): Pick<Period, 'from' | 'to'> {
  return { from: dayOf(now - (days - 1) * DAY_MS), to: dayOf(now) };
}

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Reads a period from an address. A day that is not written as `YYYY-MM-DD` is no limit. */
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

/** The query of a period, for the API and for the address. What has no limit is left out. */
export function queryOf({ from, to, agent, withTests }: Period): Record<string, string> {
  const asked = { from, to, agent, tests: withTests ? 'include' : '' };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ''));
}

/** What is wrong with a period; undefined when nothing is. */
export function periodTrouble({ from, to }: Period): string | undefined {
  return from !== '' && to !== '' && from > to ? 'The first day is after the last.' : undefined;
}

interface OfDay {
  readonly day: string;
}

/** Fills in the days without calls, from the first day of the period or of the items to the last: a gap must be seen. */
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
