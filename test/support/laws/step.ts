import type { EventRow } from '../../../src/services/storage/journal.port.ts';

/** One order of a call, as its log has it. */
export interface Order {
  readonly to: string;
  /** With what it is for: `createResponse:reply`, `playClip:failed`, `leaveStream:hangup`. */
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One step of a call: what it was told, where that led, and the orders that it gave because of it. */
export interface Step {
  /** The row's place in the log, from 1. */
  readonly place: number;
  readonly event: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The floor's path behind the step. */
  readonly state: string;
  readonly isTaken: boolean;
  readonly orders: readonly Order[];
}

/** What of an order's body says what it is for. */
const PURPOSES = ['purpose', 'clip', 'next'] as const;

/** The steps of a call's log: a fact or a timer, and the orders behind it. What the call announces is no step. */
export function stepsOf(rows: readonly EventRow[]): readonly Step[] {
  const steps: (Step & { readonly orders: Order[] })[] = [];
  for (const [index, { actor, event, state, body }] of rows.entries()) {
    const isOrder = !event.includes('.');
    const isFact = !isOrder && (actor !== 'call' || /^(after|crashed)\./.test(event));
    if (isFact && actor !== 'journal') {
      steps.push({ place: index + 1, event, body, state, isTaken: body['untaken'] !== true, orders: [] });
    } else if (isOrder) steps.at(-1)?.orders.push({ to: actor, name: nameOf(event, body), body });
  }
  return steps;
}

function nameOf(event: string, body: EventRow['body']): string {
  const purpose = PURPOSES.map((key) => body[key]).find((value) => typeof value === 'string');
  return purpose === undefined ? event : `${event}:${purpose}`;
}
