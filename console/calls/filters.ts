/** The search among ended calls. An empty field does not limit it. */
export interface Filters {
  /** Words that were all said in the call. */
  readonly q: string;
  /** Digits of a phone number. */
  readonly number: string;
  readonly agent: string;
  /** A state path, or the beginning of one. */
  readonly visited: string;
  readonly tool: string;
  readonly endReason: string;
  /** First and last day, `YYYY-MM-DD`; both included. */
  readonly from: string;
  readonly to: string;
  /** Test calls: `exclude` or `only`; empty shows them with the others. */
  readonly tests: string;
}

export const NO_FILTERS: Filters = {
  q: '',
  number: '',
  agent: '',
  visited: '',
  tool: '',
  endReason: '',
  from: '',
  to: '',
  tests: '',
};

export const areSet = (filters: Filters): boolean =>
  Object.values(filters).some((value: string) => value !== '');

/** The fewest digits of a number that the engine searches for: fewer would find everybody. */
const LEAST_DIGITS = 3;

/** Why a search is not sent yet, such as a number of two digits; undefined when it is sent. */
export function unfinished({ number }: Filters): string | undefined {
  const digits = number.replaceAll(/\D/g, '').length;
  return number.trim() !== '' && digits < LEAST_DIGITS ? 'A number takes three digits at least.' : undefined;
}

/** The query of one page of `GET /api/calls`. */
export function queryOf(filters: Filters, limit: number, cursor: string | null): string {
  const query = new URLSearchParams({ state: 'ended', limit: String(limit) });
  for (const [name, value] of Object.entries(filters) as [keyof Filters, string][]) {
    const text = name === 'number' ? value.replaceAll(/\D/g, '') : value.trim();
    if (text !== '') query.set(name, text);
  }
  if (cursor !== null) query.set('cursor', cursor);
  return query.toString();
}

/** Reads filters from the state of the browser history; anything else gives no filters. */
export function filtersOf(kept: unknown): Filters {
  if (typeof kept !== 'object' || kept === null) return NO_FILTERS;
  const known = kept as Readonly<Record<string, unknown>>;
  const field = (name: keyof Filters) => {
    const value = known[name];
    return typeof value === 'string' ? value : '';
  };
  return {
    q: field('q'),
    number: field('number'),
    agent: field('agent'),
    visited: field('visited'),
    tool: field('tool'),
    endReason: field('endReason'),
    from: field('from'),
    to: field('to'),
    tests: field('tests'),
  };
}
