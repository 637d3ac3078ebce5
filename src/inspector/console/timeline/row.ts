/** One row of a call's log, as the page works with it. */
export interface Row {
  /** Dense per call, from 1. */
  readonly seq: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Who told it, or who was told: `call`, `phone`, `model`, `tool.0`, `desk`, `journal`. */
  readonly actor: string;
  /** Who it came from; absent in logs that do not say. */
  readonly from: string | undefined;
  readonly event: string;
  /** The chart's full state path after it. */
  readonly path: string;
  /** Keys of the transitions it led to, in order; absent in logs that do not say. Empty: nobody took it. */
  readonly taken: readonly string[] | undefined;
  /** Everything else of it, as far as the viewer has asked for it. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a row is to the chart: told to it, ordered by it, or announced by it. */
export type RowKind = 'fact' | 'order' | 'announcement';

/** The actors that the chart gives orders to. */
const PEER = /^(?:phone|model|transfer|tool\.\d+)$/;

export function kindOf({ actor, from, event }: Row): RowKind {
  // A dotted name is a fact, a bare verb an order; only the call itself announces, and only dotted names.
  if (PEER.test(actor)) {
    const isOrder = from === undefined ? !event.includes('.') : from === 'call' && !event.includes('.');
    return isOrder ? 'order' : 'fact';
  }
  const isTimer = event.startsWith('after.') || event.startsWith('crashed.');
  return actor === 'call' && !isTimer ? 'announcement' : 'fact';
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
