import { isLineGone, speechOf } from '../../../protocol/speaking.ts';
import type { Row } from './row.ts';

/** A stretch of time in which somebody did something. Ms since the Unix epoch. */
export interface Span {
  readonly lane: 'caller' | 'agent' | 'generating' | 'tool';
  readonly from: number;
  /** Undefined while it lasts. */
  readonly to: number | undefined;
  /** Rows between which it lies, as positions in the log. */
  readonly fromIndex: number;
  readonly toIndex: number | undefined;
  /** Which of several at once: the tool's slot or name. */
  readonly name: string;
  /** Ended by the other side. */
  readonly isCut: boolean;
}

/**
 * When the caller spoke, the agent was audible, the model generated and tools
 * ran. By what the log says, so speech begins and ends where it was noticed.
 */
export function spansOf(rows: readonly Row[]): Span[] {
  const open = new Map<string, Span>();
  const spans: Span[] = [];

  rows.forEach((row, index) => {
    const begin = (key: string, lane: Span['lane'], name: string) => {
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
    const end = (key: string, isCut = false) => {
      const span = open.get(key);
      if (span === undefined) return;
      open.delete(key);
      spans.push({ ...span, to: row.at, toIndex: index, isCut });
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
  return [...spans, ...open.values()].toSorted((one, other) => one.from - other.from);
}
