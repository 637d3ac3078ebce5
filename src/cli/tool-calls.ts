import type { FeedEvent, UnreadEvent } from '../protocol/call-feed.ts';
import type { CallNews } from './call-news.ts';

/** What became of the tools that the model called, read from the rows of a call. The engine has masked card numbers in them. */
export class ToolCalls {
  readonly #running = new Map<string, { name: string; atMs: number }>();

  /** News of a tool, where a row tells some. */
  take(told: FeedEvent | UnreadEvent, atMs: number): CallNews | undefined {
    switch (told.event) {
      case 'tool.requested': {
        const { toolCallId, name, argumentsJson } = told.body.request;
        this.#running.set(toolCallId, { name, atMs });
        return { type: 'toolCalled', atMs, toolCallId, name, arguments: jsonOr(argumentsJson) };
      }
      case 'tool.settled': {
        const { toolCallId, outcome } = told.body;
        const running = this.#running.get(toolCallId);
        if (running === undefined) return undefined;
        this.#running.delete(toolCallId);
        const { name, atMs: since } = running;
        const result = jsonOr(outcome.output);
        const { status } = outcome;
        return { type: 'toolSettled', atMs, toolCallId, name, status, result, tookMs: atMs - since };
      }
      default:
        return undefined;
    }
  }
}

/** What JSON text means; the text itself where it is none. */
function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
