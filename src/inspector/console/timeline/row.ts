import type { FullRow } from '../../../protocol/console-calls.ts';

/** One row of a call's log, as the page works with it. */
export interface Row {
  /** Dense per call, from 1. */
  readonly seq: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly actor: string;
  /** Who sent it: an actor, `desk` or `journal`. */
  readonly from: string;
  /** Who it went to; null for what is announced. */
  readonly to: string | null;
  readonly event: string;
  /** The chart's full state path after it. */
  readonly path: string;
  /** Keys of the transitions it led to, in order. Empty: nobody took it. Null: not known, or nothing to take. */
  readonly taken: readonly string[] | null;
  /** Everything else of it, as far as the viewer has asked for it. */
  readonly body: Readonly<Record<string, unknown>>;
}

export function rowOf({ seq, at, actor, from, to, event, path, taken, body }: FullRow): Row {
  return { seq, at: Date.parse(at), actor, from, to, event, path, taken, body };
}

/** What a row is to the chart: told to it, ordered by it, or announced to whoever listens. */
export type RowKind = 'fact' | 'order' | 'announcement';

export function kindOf({ to }: Pick<Row, 'to'>): RowKind {
  if (to === null) return 'announcement';
  return to === 'call' ? 'fact' : 'order';
}

/** The text of a body's field; undefined when it is no text. */
export function textOf(body: unknown, field: string): string | undefined {
  const value = fieldOf(body, field);
  return typeof value === 'string' ? value : undefined;
}

/** The number of a body's field; undefined when it is none. */
export function numberOf(body: unknown, field: string): number | undefined {
  const value = fieldOf(body, field);
  return typeof value === 'number' ? value : undefined;
}

export function fieldOf(body: unknown, field: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, field)
    ? (body as Readonly<Record<string, unknown>>)[field]
    : undefined;
}
