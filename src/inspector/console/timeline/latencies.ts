import { type Row, textOf } from './row.ts';

/** How long one reply took, in its parts. Ms since the Unix epoch; undefined for what did not happen. */
export interface Latency {
  /** The row with which the caller's turn ended. */
  readonly seq: number;
  readonly turn: number;
  readonly callerStoppedAt: number;
  readonly committedAt: number | undefined;
  readonly firstDeltaAt: number | undefined;
  readonly audibleAt: number | undefined;
}

/** One for each turn of the caller's that was answered, or is about to be. A turn that the caller goes on with counts once. */
export function latenciesOf(rows: readonly Row[]): Latency[] {
  const latencies: Latency[] = [];
  let current: Latency | undefined;
  const settle = () => {
    if (current !== undefined) latencies.push(current);
    current = undefined;
  };
  for (const row of rows) {
    switch (row.event) {
      case 'caller.startedSpeaking':
        // Gone on speaking before a word of the reply: that turn was not over.
        if (current?.firstDeltaAt !== undefined) settle();
        current = undefined;
        break;
      case 'caller.stoppedSpeaking':
        current = {
          seq: row.seq,
          turn: latencies.length + 1,
          callerStoppedAt: row.at,
          committedAt: undefined,
          firstDeltaAt: undefined,
          audibleAt: undefined,
        };
        break;
      case 'caller.committed':
        if (current !== undefined) current = { ...current, committedAt: current.committedAt ?? row.at };
        break;
      case 'agent.startedItem':
        if (current !== undefined && textOf(row.body, 'itemId') !== undefined)
          current = { ...current, firstDeltaAt: current.firstDeltaAt ?? row.at };
        break;
      case 'playback.started':
        if (current !== undefined) current = { ...current, audibleAt: row.at };
        settle();
        break;
    }
  }
  if (current?.firstDeltaAt !== undefined) settle();
  return latencies;
}

/** The value that a share of all do not exceed, by nearest rank; undefined of none. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** From the caller's last word to the agent's first; undefined while it is not heard. */
export function totalOf({ callerStoppedAt, audibleAt }: Latency): number | undefined {
  return audibleAt === undefined ? undefined : audibleAt - callerStoppedAt;
}
