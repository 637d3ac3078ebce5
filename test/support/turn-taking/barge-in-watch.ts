import type { FarCarrier, LeftMessage } from './far-carrier.ts';

/** One moment in which the engine was told that the caller speaks while the agent could be heard. */
export interface BargeIn {
  /** Media time, in ms. */
  readonly atMs: number;
  /** The turn that began with it. */
  readonly turnId: string;
  /** The chart's state before it was told. */
  readonly state: string;
  /** How far the caller had heard each item that was on its way to the ear, in ms. */
  readonly heardMs: ReadonlyMap<string, number>;
}

/** In which states they happened, and how often. */
export function statesOf(bargeIns: readonly BargeIn[]): Map<string, number> {
  const states = new Map<string, number>();
  for (const { state } of bargeIns) states.set(state, (states.get(state) ?? 0) + 1);
  return states;
}

/** States in which the caller's speech does not silence the agent, by design: nobody listens there any more. */
const DEAF = /^(ending\.(apologizing|closing|settling)|transferring|ended)/;

/**
 * Stands around the moment in which the engine is told that the caller speaks:
 * what must leave in that tick, and what must not leave after it.
 */
export class BargeInWatch {
  readonly bargeIns: BargeIn[] = [];
  readonly faults: string[] = [];
  readonly #carrier: FarCarrier;
  /** Items that were on their way to the ear: no more of them may leave. */
  readonly #silenced = new Set<string>();

  constructor(carrier: FarCarrier) {
    this.#carrier = carrier;
  }

  /** The engine is told within `deliver`. */
  around(state: string, turnId: string, deliver: () => void): void {
    const carrier = this.#carrier;
    const atMs = carrier.nowMs;
    // Once a clear has left, what is still heard is the network's.
    const isAudible = carrier.isAudible && carrier.left.at(-1)?.event !== 'clear';
    const heardMs = this.#heardMs();
    const before = carrier.left.length;
    deliver();
    if (!isAudible || carrier.readyState !== 1 || DEAF.test(state)) return;
    const left = carrier.left.slice(before).map(({ event }) => event);
    if (!left.includes('clear')) this.#fault(atMs, `${state}: no clear in the tick of the report`);
    if (left.includes('media')) this.#fault(atMs, `${state}: audio left together with the clear`);
    this.bargeIns.push({ atMs, turnId, state, heardMs });
    for (const itemId of heardMs.keys()) this.#silenced.add(itemId);
  }

  /** It was a false alarm: the agent goes on. */
  forgive(): void {
    this.#silenced.clear();
  }

  left({ atMs, event, itemId }: LeftMessage): void {
    if (event === 'media' && itemId !== undefined && this.#silenced.has(itemId)) {
      this.#fault(atMs, `audio of ${itemId} left after it was silenced`);
    }
  }

  /** Items of which anything was sent since the last clear. */
  #heardMs(): Map<string, number> {
    const { left, nowMs, record } = this.#carrier;
    const heardMs = new Map<string, number>();
    for (let at = left.length - 1; at >= 0 && left[at]?.event !== 'clear'; at--) {
      const itemId = left[at]?.itemId;
      if (itemId !== undefined && !heardMs.has(itemId)) heardMs.set(itemId, record.heardMs(itemId, nowMs));
    }
    return heardMs;
  }

  #fault(atMs: number, what: string): void {
    this.faults.push(`at ${String(atMs)} ms, ${what}`);
  }
}
