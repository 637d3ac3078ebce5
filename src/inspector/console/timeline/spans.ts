import { type Row, textOf } from './row.ts';

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
    const tool = (body: unknown) => textOf(body, 'toolCallId') ?? '';

    switch (row.event) {
      case 'caller.startedSpeaking':
        begin('caller', 'caller', 'caller');
        return;
      case 'caller.stoppedSpeaking':
        end('caller');
        return;
      case 'playback.started':
        begin('agent', 'agent', 'agent');
        return;
      case 'playback.finished':
      case 'playback.paused':
        end('agent');
        return;
      case 'playback.cleared':
        end('agent', true);
        return;
      case 'response.started':
        begin(
          `response ${textOf(row.body, 'responseId') ?? ''}`,
          'generating',
          textOf(row.body, 'purpose') ?? 'reply',
        );
        return;
      case 'response.finished':
        end(`response ${textOf(row.body, 'responseId') ?? ''}`);
        return;
      case 'tool.requested':
        begin(`tool ${tool(row.body['request'])}`, 'tool', textOf(row.body['request'], 'name') ?? 'tool');
        return;
      case 'tool.settled':
        end(`tool ${tool(row.body)}`);
        return;
      case 'phone.stopped':
      case 'phone.lost':
      case 'call.ended':
        for (const key of [...open.keys()]) end(key);
    }
  });
  return [...spans, ...open.values()].toSorted((one, other) => one.from - other.from);
}
