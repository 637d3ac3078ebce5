import type { WriteLimit } from './write-limits.ts';

/** What a route is, before what it does: the server mounts by this table, and `docs/reference/rest.md` is written from it. */
export interface RouteSpec {
  /** Who may ask (guard.ts): `admin` and `carrier` have rules, `open` has none. */
  readonly guard: 'open' | 'admin' | 'carrier';
  readonly body: 'none' | 'json' | 'form';
  /** What it is counted among (write-limits.ts). Absent: nothing. */
  readonly limit?: WriteLimit;
  /** What the body or the query may hold, in words. */
  readonly takes: string;
  readonly answers: string;
  readonly meaning: string;
}
