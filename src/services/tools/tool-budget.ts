/** How often a call may use tools: a model that calls tools for ever must run out before the caller's patience does. */
export interface ToolLimits {
  readonly perCall: number;
  readonly perToolAndMinute: number;
}

export const TOOL_LIMITS: ToolLimits = { perCall: 25, perToolAndMinute: 5 };

const MINUTE_MS = 60_000;

/** Counts the requests of one call. */
export class ToolBudget {
  readonly #limits: ToolLimits;
  #used = 0;
  readonly #recent = new Map<string, number[]>();

  constructor(limits: ToolLimits) {
    this.#limits = limits;
  }

  /**
   * Takes one use of a tool, or says in a sentence why there is none. Requests that are refused count too.
   *
   * @param isWayOut - a tool that leads out of the conversation is counted by the minute only.
   */
  take(tool: string, nowMs: number, isWayOut: boolean): string | undefined {
    const recent = (this.#recent.get(tool) ?? []).filter((at) => at > nowMs - MINUTE_MS);
    if (recent.length >= this.#limits.perToolAndMinute) {
      this.#recent.set(tool, recent);
      return 'This was asked too often in the last minute. Go on without it.';
    }
    this.#recent.set(tool, [...recent, nowMs]);
    if (isWayOut) return undefined;
    this.#used += 1;
    if (this.#used <= this.#limits.perCall) return undefined;
    return 'No more tools can be used in this call, except to end or to transfer it.';
  }
}
