/**
 * What the model is given back: JSON text with the same keys for every tool.
 *
 *     { "status": "ok", "result": { … } }
 *     { "status": "refused", "error": "TOOL_REFUSED", "reason": "…", "result": { … } }
 *     { "status": "failed", "error": "TOOL_ARGUMENTS", "reason": "…", "problems": [{ "path", "problem" }] }
 *
 * `shortened` names the fields of a result that were cut; `repeated` marks the
 * result of an earlier request that meant the same.
 */

import { ERRORS, type ErrorCode } from '../../errors.ts';
import type { ToolOutcome } from '../../machines/call/call.events.ts';
import type { ArgumentProblem } from './argument-reader.ts';
import { fitNames, shortResult } from './short-result.ts';
import type { Fields, ToolAnswer } from './tool-answer.ts';

/** More would crowd the conversation out of the model's memory: some 2000 tokens. */
const MAX_OUTPUT_BYTES = 8192;
/** What stands beside a result: the reason, and what was wrong. */
const MAX_WORDS_BYTES = 4096;
const MAX_SHORTENED_BYTES = 512;
/** Kept free, so that an output can be marked without being cut anew. */
const MARK_BYTES = ',"repeated":true'.length;
const RESULT_NAME_BYTES = ',"result":'.length;
const SHORTENED_NAME_BYTES = ',"shortened":'.length;

interface Output {
  readonly status: string;
  readonly error?: ErrorCode;
  readonly reason?: string;
  readonly problems?: readonly ArgumentProblem[];
  readonly result?: Fields;
  readonly shortened?: readonly string[];
  readonly repeated?: true;
}

export const CANCELLED: ToolOutcome = { status: 'cancelled', output: write({ status: 'cancelled' }) };

/** The outcome of a tool that has answered. */
export function outcomeOf(answer: ToolAnswer): ToolOutcome {
  switch (answer.status) {
    case 'ok': {
      const output = write({ status: 'ok', result: answer.result });
      return answer.then === undefined
        ? { status: 'ok', output }
        : { status: 'ok', output, then: answer.then };
    }
    case 'refused':
      return refusal(answer.reason, answer.result);
    case 'failed':
      return failed(answer.error, answer.reason);
    case 'uncertain': {
      const { error = 'TOOL_FAILED', reason } = answer;
      return { status: 'failed', output: write({ status: 'uncertain', error, reason }) };
    }
  }
}

/** The outcome of a tool call that a rule refused. Nothing was done. */
export function refusal(reason: string, result?: Fields): ToolOutcome {
  const output = { status: 'refused', error: 'TOOL_REFUSED', reason, ...(result && { result }) } as const;
  return { status: 'refused', output: write(output) };
}

/** The outcome of a tool call whose arguments cannot be read. Nothing was done. */
export function misread(problems: readonly ArgumentProblem[], reason: string = ERRORS.TOOL_ARGUMENTS.text) {
  return failed('TOOL_ARGUMENTS', reason, problems);
}

/** The output of a failed tool. The text is the table's, which is fit to be said aloud; never that of what was thrown. */
export function failed(
  error: ErrorCode,
  reason: string = ERRORS[error].text,
  problems?: readonly ArgumentProblem[],
): ToolOutcome {
  const output = { status: 'failed', error, reason, ...(problems === undefined ? {} : { problems }) };
  return { status: 'failed', output: write(output) };
}

/** An earlier outcome, marked as such: the model is to say that it is done already. */
export function repeated({ output, ...outcome }: ToolOutcome): ToolOutcome {
  return { ...outcome, output: write({ ...(JSON.parse(output) as Output), repeated: true }) };
}

/** The text of an output: valid JSON of at most `MAX_OUTPUT_BYTES`, whatever a far end has put into it. */
function write({ result, shortened = [], repeated: isRepeated, ...words }: Output): string {
  const { result: said } = shortResult(words, MAX_WORDS_BYTES);
  const mark = isRepeated === true ? { repeated: true } : {};
  if (result === undefined) return JSON.stringify({ ...said, ...mark });

  const spare = MAX_SHORTENED_BYTES + SHORTENED_NAME_BYTES;
  const taken = Buffer.byteLength(JSON.stringify(said)) + MARK_BYTES + RESULT_NAME_BYTES;
  const room = MAX_OUTPUT_BYTES - taken - (shortened.length === 0 ? 0 : spare);
  const short = shortResult(result, room, shortened.length === 0 ? spare : 0);
  if (shortened.length === 0 && short.shortened.length === 0)
    return JSON.stringify({ ...said, result: short.result, ...mark });
  const names = fitNames([...new Set([...shortened, ...short.shortened])], MAX_SHORTENED_BYTES);
  return JSON.stringify({ ...said, result: short.result, shortened: names, ...mark });
}
