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
import { fitResult } from './fitted-result.ts';
import type { Fields, ToolAnswer } from './tool-answer.ts';

/** More would crowd the conversation out of the model's memory: some 2000 tokens. */
const MAX_RESULT_BYTES = 8192;
/** Control characters, except the line end and the tab: no data of others draws on an operator's terminal. */
const CONTROL = /(?![\n\t])\p{Cc}/gu;

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
      const output = write({ status: 'ok', ...fitted(answer.result) });
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

/** A rule is against it. Nothing was done. */
export function refusal(reason: string, result?: Fields): ToolOutcome {
  const output = { status: 'refused', error: 'TOOL_REFUSED', reason, ...fitted(result) } as const;
  return { status: 'refused', output: write(output) };
}

/** The request could not be read. Nothing was done. */
export function misread(problems: readonly ArgumentProblem[], reason: string = ERRORS.TOOL_ARGUMENTS.text) {
  return failed('TOOL_ARGUMENTS', reason, problems);
}

/** It failed. The text is the table's, which is fit to be said aloud; never that of what was thrown. */
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

function fitted(result: Fields | undefined): Pick<Output, 'result' | 'shortened'> {
  if (result === undefined) return {};
  const { result: fit, shortened } = fitResult(result, MAX_RESULT_BYTES);
  return shortened.length === 0 ? { result: fit } : { result: fit, shortened };
}

function write(output: Output): string {
  return JSON.stringify(output, (_key, value: unknown) =>
    typeof value === 'string' ? value.replaceAll(CONTROL, '') : value,
  );
}
