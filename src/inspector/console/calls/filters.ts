/** What is looked for among ended calls. Empty fields look for nothing. */
export interface Filters {
  /** Words that were said, all of them. */
  readonly q: string;
  /** Digits of a phone number. */
  readonly number: string;
  readonly agent: string;
  /** A state path, or the beginning of one. */
  readonly visited: string;
  readonly tool: string;
  readonly endReason: string;
  /** Dates, `YYYY-MM-DD`; both included. */
  readonly from: string;
  readonly to: string;
  /** What becomes of test calls: `exclude` or `only`; empty: they are among the others. */
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

/** Fewer digits of a number the engine refuses: they would find everybody. */
const LEAST_DIGITS = 3;

/** What is not asked, for it is not finished; undefined when everything is. */
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

/** Filters as the history has kept them; anything else is none. */
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
