import type { Database } from 'better-sqlite3';
import { EngineError } from '../../../errors.ts';
import type { Page } from '../calls.port.ts';

/** Lists that are read page by page; each is a table with the columns `at` and `n`. */
export type PagedTable =
  'calls' | 'leads' | 'bookings' | 'messages' | 'blocked_numbers' | 'refused_calls' | 'audit';

/** Where a page ended: a row's own place, not its distance from the top, so rows that come meanwhile move nothing. */
interface PageEnd {
  readonly at: number;
  readonly n: number;
}

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string;
}

/**
 * One page of a table, newest first.
 *
 * @throws {EngineError} `REQUEST_INVALID` when the cursor is none of this list's, or the limit no positive integer.
 */
export function pageOf<Item>(
  db: Database,
  table: PagedTable,
  page: PageQuery,
  itemOf: (row: unknown) => Item,
): Page<Item> {
  const select = db.prepare<[object], PageEnd>(
    `SELECT * FROM ${table} WHERE at IS NOT NULL AND (at, n) < (@at, @n)
     ORDER BY at DESC, n DESC LIMIT @rows`,
  );
  return placedPageOf({ list: table, ...page }, (after) => select.all(after), itemOf);
}

/**
 * One page of whatever `rowsAfter` finds beyond a place: at most as many rows as it is asked for.
 *
 * @throws {EngineError} as {@link pageOf} does.
 */
export function placedPageOf<Row extends PageEnd, Item>(
  { list, limit, cursor }: { readonly list: PagedTable; readonly limit: number; readonly cursor?: string },
  rowsAfter: (after: PageEnd & { readonly rows: number }) => Row[],
  itemOf: (row: Row) => Item,
): Page<Item> {
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new EngineError('REQUEST_INVALID', 'limit must be a positive integer');
  }
  const after = cursor === undefined ? FROM_THE_TOP : placeOf(list, cursor);
  const rows = rowsAfter({ ...after, rows: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(itemOf),
    nextCursor: rows.length > limit && last !== undefined ? cursorOf(list, last) : null,
  };
}

/** Before every row. */
export const FROM_THE_TOP: PageEnd = { at: Number.MAX_SAFE_INTEGER, n: 0 };

function cursorOf(table: PagedTable, { at, n }: PageEnd): string {
  return Buffer.from(`${table}.${String(at)}.${String(n)}`).toString('base64url');
}

function placeOf(table: PagedTable, cursor: string): PageEnd {
  const [name, at, n] = Buffer.from(cursor, 'base64url').toString().split('.');
  const place = { at: Number(at), n: Number(n) };
  // Writing it again must give the same text: that refuses every other spelling, and every other list's cursor.
  if (name !== table || !isPlace(place) || cursorOf(table, place) !== cursor) {
    throw new EngineError('REQUEST_INVALID', 'cursor is not a cursor of this list');
  }
  return place;
}

const isPlace = ({ at, n }: PageEnd) => Number.isSafeInteger(at) && Number.isSafeInteger(n);
