import type { WireLine, WireMessage } from './wire-tape.ts';

/** Fields that hold names which the engine gives, and far ends repeat. */
const NAMED: ReadonlySet<string> = new Set([
  'callchart_request',
  'event_id',
  'id',
  'item_id',
  'name',
  'previous_item_id',
]);

/**
 * Names that the engine gave when the call was recorded, and those it gives today: which ones they
 * are is its own affair, as long as the same thing keeps its name.
 */
export class WireNames {
  readonly #today = new Map<string, string>();

  /** The same message, as it was recorded and as it is sent today. */
  pair(was: WireLine, is: WireLine): void {
    this.#pair(was.says, is.says);
  }

  #pair(was: unknown, is: unknown, field = ''): void {
    if (typeof was === 'string') {
      if (NAMED.has(field) && typeof is === 'string' && !this.#today.has(was)) this.#today.set(was, is);
    } else if (typeof was === 'object' && was !== null && typeof is === 'object' && is !== null) {
      for (const [name, inner] of Object.entries(was)) this.#pair(inner, (is as WireMessage)[name], name);
    }
  }

  /** A recorded message with today's names. */
  renamed(says: WireMessage): WireMessage {
    return this.#renamed(says, '') as WireMessage;
  }

  #renamed(value: unknown, field: string): unknown {
    if (typeof value === 'string') return NAMED.has(field) ? (this.#today.get(value) ?? value) : value;
    if (Array.isArray(value)) return value.map((each) => this.#renamed(each, field));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, this.#renamed(inner, name)]),
    );
  }
}
