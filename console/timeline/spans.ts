import { isLineGone, speechOf } from '../../src/protocol/speaking.ts';
import type { Row } from './row.ts';

/** A time in which somebody did something; `from` and `to` in ms since the Unix epoch. */
export interface LaneSpan {
  readonly lane: 'caller' | 'agent' | 'generating' | 'tool';
  readonly from: number;
  /** Undefined while it lasts. */
  readonly to: number | undefined;
  /** The positions in the log of the rows at which it begins and ends. */
  readonly fromIndex: number;
  readonly toIndex: number | undefined;
  /** Tells apart those of one lane at the same time: the slot or the name of a tool. */
  readonly name: string;
  /** True when the other side ended it. */
  readonly isCut: boolean;
}

/**
 * Finds when the caller spoke, the agent was audible, the model generated and tools
 * ran, by the log: speech begins and ends when it was noticed.
 *
 * @param isAwaited - no process has the call any more, which none of its rows tells: nothing lasts.
 */
export function spansOf(rows: readonly Row[], isAwaited = false): LaneSpan[] {
  const open = new Map<string, LaneSpan>();
  const spans: LaneSpan[] = [];

  rows.forEach((row, index) => {
    const begin = (key: string, lane: LaneSpan['lane'], name: string) => {
      if (open.has(key)) return;
      open.set(key, {
        lane,
        name,
        from: row.at,
        to: undefined,
        fromIndex: index,
        toIndex: undefined,
        isCut: false,
      });
    };
    // What a process was at that is gone ended with it.
    const at = row.event === 'call.resumed' ? row.at - row.body.gapMs : row.at;
    const end = (key: string, isCut = false) => {
      const span = open.get(key);
      if (span === undefined) return;
      open.delete(key);
      spans.push({ ...span, to: Math.max(span.from, at), toIndex: index, isCut });
    };
    const speech = speechOf(row);
    if (speech?.isHeard === true) begin(speech.who, speech.who, speech.who);
    else if (speech !== undefined) end(speech.who, speech.isCut);
    if (isLineGone(row)) for (const key of [...open.keys()]) end(key);

    switch (row.event) {
      case 'response.started':
        begin(`response ${row.body.responseId}`, 'generating', row.body.purpose);
        return;
      case 'response.finished':
        end(`response ${row.body.responseId}`);
        return;
      case 'tool.requested':
        begin(`tool ${row.body.request.toolCallId}`, 'tool', row.body.request.name);
        return;
      case 'tool.settled':
        end(`tool ${row.body.toolCallId}`);
        return;
      default:
        return;
    }
  });
  const last = rows.at(-1);
  if (isAwaited && last !== undefined) {
    for (const span of open.values()) spans.push({ ...span, to: last.at, toIndex: rows.length - 1 });
    open.clear();
  }
  return [...spans, ...open.values()].toSorted((one, other) => one.from - other.from);
}
