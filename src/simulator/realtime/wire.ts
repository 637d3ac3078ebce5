import { randomBytes } from 'node:crypto';
import type { Refusal } from './refusal.ts';

/** An event before it has its id. */
export interface OutgoingEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A new id, such as `item_5f0c…`: unlike any other. */
export function newId(kind: string): string {
  return `${kind}_${randomBytes(10).toString('hex')}`;
}

/** The way to the client: every event gets its id here. */
export class Wire {
  readonly #write: (text: string, type: string) => void;

  constructor(write: (text: string, type: string) => void) {
    this.#write = write;
  }

  send(event: OutgoingEvent): void {
    this.#write(JSON.stringify({ event_id: newId('event'), ...event }), event.type);
  }

  /** @param eventId - of the client event at fault, where it had one. */
  refuse(refused: Refusal, eventId?: string): void {
    this.send({ type: 'error', error: { ...refused, event_id: eventId ?? null } });
  }
}
