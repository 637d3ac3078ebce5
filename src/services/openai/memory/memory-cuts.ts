import type { SettledItem } from '../../../machines/session/session.events.ts';
import type { HeardItem } from '../../../media/heard.ts';
import type { ClientEvent } from '../../../protocol/realtime-client-events.ts';

/** A service whose own length of an item is shorter than its bytes was found to count some 85 ms less. */
const MARGIN_MS = 100;
/** Answers come within seconds: a truncation without one by then was accepted. */
const MAX_UNANSWERED = 32;

type Truncation = Extract<ClientEvent, { type: 'conversation.item.truncate' }>;

interface Cut {
  readonly event: Truncation;
  readonly responseId: string;
}

interface CutsDeps {
  readonly send: (event: ClientEvent) => void;
  readonly isRunning: (responseId: string) => boolean;
  /** False where the far end's memory of what it said cannot be cut. */
  readonly canTruncate: boolean;
}

/**
 * Cuts the session's memory of what it said to what was heard.
 *
 * Of each item: heard in full, left; heard in part, truncated; not heard,
 * deleted, for a truncation at 0 is refused. A truncation sent while the service
 * still finishes the item may be refused too: it is sent once more when the
 * response is done. So may one that is close to the end of what was received,
 * by a service that counts less: it is sent once more, and later ones keep away.
 */
export class MemoryCuts {
  readonly #deps: CutsDeps;
  readonly #unanswered = new Map<string, Cut>();
  readonly #again: Cut[] = [];
  /** Learned from the first refusal: how far below the end of what was received this service wants to be cut. */
  #marginMs = 0;
  #lastId = 0;

  constructor(deps: CutsDeps) {
    this.#deps = deps;
  }

  /** An item that the far end was still saying goes on in its memory, though all that came of it was heard. */
  cut({ itemId, parts, hasDropped, isWhole }: SettledItem): void {
    if (!this.#deps.canTruncate) return;
    const goesOn = (part: HeardItem) => !part.complete || (hasDropped && part === parts.at(-1));
    const cut = parts.find((part) => goesOn(part) && (!isWhole || part.heardMs < part.receivedMs));
    if (cut === undefined) return;
    const ms = Math.floor(Math.min(cut.heardMs, cut.receivedMs - this.#marginMs));
    if (ms > 0) this.#truncate(cut, ms);
    else if (cut === parts[0]) this.#delete(itemId);
  }

  /** The far end has refused an event. True when it was one of these. */
  refused(eventId: string, code: string | undefined): boolean {
    const cut = this.#unanswered.get(eventId);
    if (cut === undefined) return this.#isOwn(eventId);
    this.#unanswered.delete(eventId);
    const { audio_end_ms: ms, ...event } = cut.event;
    // Longer than the service's own length of the item, which is not told in a field.
    if (code === 'invalid_value') this.#marginMs = MARGIN_MS;
    const again = code === 'invalid_value' ? ms - MARGIN_MS : ms;
    if (again <= 0) return true;
    const next = {
      responseId: cut.responseId,
      event: { ...event, event_id: this.#nextId(), audio_end_ms: again },
    };
    if (this.#deps.isRunning(cut.responseId)) this.#again.push(next);
    else this.#deps.send(next.event);
    return true;
  }

  /** The response is done: its items are final, and what was refused is tried again. */
  responseDone(responseId: string): void {
    for (const cut of this.#again.splice(0)) {
      if (cut.responseId === responseId) this.#deps.send(cut.event);
      else this.#again.push(cut);
    }
  }

  /** Deletes items that nobody heard: all their audio came after the response was cancelled. */
  unheard(itemIds: readonly string[]): void {
    if (this.#deps.canTruncate) for (const itemId of itemIds) this.#delete(itemId);
  }

  #delete(itemId: string): void {
    this.#deps.send({ type: 'conversation.item.delete', event_id: this.#nextId(), item_id: itemId });
  }

  #truncate({ responseId, itemId, contentIndex }: HeardItem, ms: number): void {
    const event_id = this.#nextId();
    const event: Truncation = {
      type: 'conversation.item.truncate',
      event_id,
      item_id: itemId,
      content_index: contentIndex,
      audio_end_ms: ms,
    };
    this.#unanswered.set(event_id, { event, responseId });
    const [oldest] = this.#unanswered.keys();
    if (this.#unanswered.size > MAX_UNANSWERED && oldest !== undefined) this.#unanswered.delete(oldest);
    this.#deps.send(event);
  }

  #nextId(): string {
    return `${OWN}${String(++this.#lastId)}`;
  }

  #isOwn(eventId: string): boolean {
    return eventId.startsWith(OWN);
  }
}

const OWN = 'cut_';
