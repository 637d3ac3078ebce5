import { z } from 'zod';
import type { CallNews } from './call-news.ts';

const Requested = z.object({
  request: z.object({ toolCallId: z.string(), name: z.string(), argumentsJson: z.string() }),
});
const Settled = z.object({
  toolCallId: z.string(),
  outcome: z.object({ status: z.string(), output: z.string() }),
});

/** What became of the tools that the model called, read from the rows of a call. The engine has masked card numbers in them. */
export class ToolCalls {
  readonly #running = new Map<string, { name: string; atMs: number }>();

  /** News of a tool, where a row tells some. */
  take(event: string, body: Readonly<Record<string, unknown>>, atMs: number): CallNews | undefined {
    switch (event) {
      case 'tool.requested': {
        const read = Requested.safeParse(body);
        if (!read.success) return undefined;
        const { toolCallId, name, argumentsJson } = read.data.request;
        this.#running.set(toolCallId, { name, atMs });
        return { type: 'toolCalled', atMs, toolCallId, name, arguments: jsonOr(argumentsJson) };
      }
      case 'tool.settled': {
        const read = Settled.safeParse(body);
        const running = read.success ? this.#running.get(read.data.toolCallId) : undefined;
        if (!read.success || running === undefined) return undefined;
        const { toolCallId, outcome } = read.data;
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
