import type { TurnTimes } from '../../protocol/console-calls.ts';
import type { StoredEvent } from './journal.port.ts';

type Building = { -readonly [Field in keyof TurnTimes]: TurnTimes[Field] };

/**
 * When each turn of the caller ended, and when its answer began: at the model,
 * and in the caller's ear. A turn that the caller takes up again before any
 * answer is one turn. What the agent says unasked belongs to none. Never throws.
 */
export function turnTimesOf(rows: readonly StoredEvent[]): TurnTimes[] {
  const turns: Building[] = [];
  /** The turn whose answer has not been heard. */
  let open: Building | undefined;

  const turnAt = ({ seq }: StoredEvent): Building => {
    if (open !== undefined) return open;
    open = {
      turn: turns.length + 1,
      seq,
      callerStoppedAt: null,
      committedAt: null,
      firstDeltaAt: null,
      audibleAt: null,
    };
    turns.push(open);
    return open;
  };

  for (const row of rows) {
    switch (row.event) {
      case 'caller.stoppedSpeaking': {
        const turn = turnAt(row);
        turn.callerStoppedAt = row.at;
        turn.seq = row.seq;
        break;
      }
      case 'caller.committed':
        turnAt(row).committedAt = row.at;
        break;
      case 'agent.startedItem':
        if (open !== undefined) open.firstDeltaAt ??= row.at;
        break;
      case 'playback.started':
        if (open === undefined) break;
        open.audibleAt = row.at;
        open = undefined;
        break;
    }
  }
  return turns;
}

/** How long the caller waited for each answer that was heard, in ms. */
export function waitsOf(turns: readonly TurnTimes[]): number[] {
  return turns.flatMap(({ callerStoppedAt, audibleAt }) =>
    callerStoppedAt === null || audibleAt === null ? [] : [audibleAt - callerStoppedAt],
  );
}
