/** What an MCP tool answered, as an answer to the model. */

import { EngineError } from '../../../errors.ts';
import type { CallToolResult } from './mcp-client.ts';
import { type Fields, fail, done, MAYBE_DONE, type ToolAnswer, uncertain } from '../tool-answer.ts';

const MAX_REASON = 500;

/** JSON-RPC and MCP errors by which a server says that it has not begun. */
const NOT_BEGUN: ReadonlySet<unknown> = new Set([-32_600, -32_601, -32_602, -32_700]);
/** The SDK's own codes: no answer in time, and a session that is over. */
const REQUEST_TIMEOUT = -32_001;
/** Statuses by which a server says that it does not know the session, or does not let us in: nothing was done. */
const NOT_LET_IN: ReadonlySet<unknown> = new Set([400, 401, 403, 404, 405, 406]);

/** A result: its structured content where it has any, else its texts. Pictures and sounds cannot be said. */
export function answerOfResult({ structuredContent, content, isError }: CallToolResult): ToolAnswer {
  const texts = content.flatMap((block) => {
    if (block.type === 'text') return [block.text];
    return block.type === 'resource' && 'text' in block.resource ? [block.resource.text] : [];
  });
  if (isError === true) return fail('TOOL_STATUS', reasonOf(texts.join(' ')));
  if (structuredContent !== undefined) return done(structuredContent);
  return done(fieldsOf(texts.join('\n')));
}

/** The answer of a request that threw, and whether the session may be dead. */
export interface McpFailure {
  readonly answer: ToolAnswer;
  readonly isSession: boolean;
}

/** @param isEffect - what may have been done must not be asked for again. */
export function failureOf(thrown: unknown, isEffect: boolean): McpFailure {
  if (thrown instanceof EngineError) return { answer: fail(thrown.code), isSession: true };
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (NOT_BEGUN.has(code))
    return { answer: fail('TOOL_STATUS', reasonOf((thrown as Error).message)), isSession: false };
  if (NOT_LET_IN.has(code)) return { answer: fail('TOOL_UNREACHABLE'), isSession: true };
  const error = code === REQUEST_TIMEOUT ? 'TOOL_TIMEOUT' : 'TOOL_UNREACHABLE';
  return { answer: isEffect ? uncertain(MAYBE_DONE, error) : fail(error), isSession: true };
}

const reasonOf = (text: string): string | undefined => (text === '' ? undefined : text.slice(0, MAX_REASON));

/** Many servers write their JSON as text. */
function fieldsOf(text: string): Fields {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
    return { value };
  } catch {
    return { text };
  }
}
