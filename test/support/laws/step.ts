import { eventName, type FeedEntry, type StoredEntry } from '../../../src/protocol/call-feed.ts';

/** One order of a call, as its log has it. */
export interface Order {
  readonly to: string;
  /** With what it is for: `createResponse:reply`, `playClip:failed`, `leaveStream:hangup`. */
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a call, or whoever serves it, told to whoever listens. */
export interface Announced {
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
  /** False of what comes when the call is over, too. */
  readonly isTaken: boolean;
  /** Its row says what took it, or that nobody did. */
  readonly isAccounted: boolean;
  readonly orders: readonly Order[];
  /** What was announced behind its row and before the next step's; of the first step, before it as well. */
  readonly announced: readonly Announced[];
}

/** What of an order's body says what it is for. */
const PURPOSES = ['purpose', 'clip', 'next'] as const;

/** The steps of a call's feed: a fact or a timer, and the orders and announcements behind it. */
export function stepsOf(rows: readonly (FeedEntry | StoredEntry)[]): readonly Step[] {
  const steps: (Step & { readonly orders: Order[]; readonly announced: Announced[] })[] = [];
  const first: Announced[] = [];
  for (const [index, row] of rows.entries()) {
    const { to, state, taken } = row;
    const body: Step['body'] = { ...row.body };
    const event = eventName(row);
    if (to === 'call') {
      const announced = first.splice(0);
      const isTaken = taken?.length !== 0 && steps.at(-1)?.state !== 'ended';
      const isAccounted = taken !== null;
      const step = { place: index + 1, event, body, state, isTaken, isAccounted };
      steps.push({ ...step, orders: [], announced });
    } else if (to === null) (steps.at(-1)?.announced ?? first).push({ name: event, body });
    else steps.at(-1)?.orders.push({ to, name: nameOf(event, body), body });
  }
  return steps;
}

function nameOf(event: string, body: Step['body']): string {
  const purpose = PURPOSES.map((key) => body[key]).find((value) => typeof value === 'string');
  return purpose === undefined ? event : `${event}:${purpose}`;
}
