import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { ToolOutcome } from '../../machines/call/call.events.ts';
import type { RunToolInput } from '../../machines/tool-call/tool-call.ports.ts';
import type { CallFacts } from '../desk/call-facts.ts';
import type { CallTools } from './call-tools.ts';
import type { ReadRequest, Tool } from './define-tool.ts';
import type { OfferedTools } from './offered-tools.ts';
import type { PolicyRule } from './policy-rule.ts';
import { failed, misread, refusal, repeated } from './tool-output.ts';
import type { ToolRun, ToolRuns } from './tool-runs.ts';

export interface ToolRequestsParts {
  /** The call of a SID, for as long as it lives; undefined afterwards. */
  readonly callOf: (callSid: string) => CallFacts | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Called for each request that the policy refused. */
  readonly onRefused?: (tool: string, rule: PolicyRule) => void;
}

const MISREAD_LIMIT = 3;
const STOP_TRYING =
  'The arguments were wrong again. Stop trying, and offer to take a message or to transfer.';

/** The checks that a request passes before its tool runs: the tool is there, not asked too often, and can be read. */
export class ToolRequests {
  readonly #parts: ToolRequestsParts;
  readonly #offered: OfferedTools;
  readonly #runs: ToolRuns;

  constructor(parts: ToolRequestsParts, offered: OfferedTools, runs: ToolRuns) {
    this.#parts = parts;
    this.#offered = offered;
    this.#runs = runs;
  }

  /** Refuses what needs no tool, and starts the rest. A function call that was answered is answered the same. */
  async answer(
    input: RunToolInput,
    deskOf: (callSid: string) => CallTools,
    signal: AbortSignal,
  ): Promise<ToolOutcome> {
    const { callSid, request } = input;
    const call = this.#parts.callOf(callSid);
    if (call === undefined) return failed('CALL_FAILED');
    const desk = deskOf(callSid);

    const answered = desk.answers.get(request.toolCallId);
    if (answered !== undefined) return answered;

    const tool = this.#offered.find(call.profile, request.name);
    if (tool === undefined) {
      this.#parts.log.warn(
        { callSid, code: 'TOOL_UNKNOWN' },
        'the model called a tool that this agent does not have',
      );
      return failed('TOOL_UNKNOWN');
    }
    const tooOften = this.#tooOften(tool, callSid, desk);
    if (tooOften !== undefined) return tooOften;

    const read = tool.read(request.argumentsJson, call.profile);
    if (!('run' in read)) return this.#misread(tool, read, callSid, desk);
    desk.misreadInARow = 0;
    const key = keyOf(tool, input, read.meaning);
    const outcome = this.#once({ tool, read, call, input, key, desk, signal });
    desk.answers.set(request.toolCallId, outcome);
    return outcome;
  }

  #tooOften(tool: Tool, callSid: string, desk: CallTools): ToolOutcome | undefined {
    const { clock, log, onRefused } = this.#parts;
    const reason = desk.budget.take(tool.name, clock.steady(), tool.policy.isWayOut);
    if (reason === undefined) return undefined;
    log.warn({ callSid, tool: tool.name, code: 'TOOL_REFUSED' }, 'tool called too often');
    onRefused?.(tool.name, 'budget');
    return refusal(reason);
  }

  #misread(tool: Tool, read: Misread, callSid: string, desk: CallTools): ToolOutcome {
    desk.misreadInARow += 1;
    this.#parts.log.warn(
      { callSid, tool: tool.name, code: 'TOOL_ARGUMENTS' },
      'tool called with invalid arguments',
    );
    return misread(read, desk.misreadInARow >= MISREAD_LIMIT ? STOP_TRYING : undefined);
  }

  /** Starts a run, or waits for the one that means the same. */
  #once(asked: ToolRun): Promise<ToolOutcome> {
    const { tool, key, desk } = asked;
    const before = desk.recall(key);
    if (before !== undefined) return before.then(({ outcome }) => repeated(outcome));
    const run = this.#runs.start(asked);
    desk.keep(key, tool, run);
    return run.then(({ outcome }) => outcome);
  }
}

type Misread = Exclude<ReturnType<Tool['read']>, ReadRequest>;

/** Requests with one key mean the same. A hash, so that no row's key holds what a caller said. */
function keyOf(tool: Tool, { callSid, request }: RunToolInput, meaning: string): string {
  switch (tool.policy.once) {
    case 'call':
      return `${callSid}:${tool.name}`;
    case 'arguments':
      return `${callSid}:${tool.name}:${createHash('sha256').update(meaning).digest('hex')}`;
    case 'none':
      return `${callSid}:${tool.name}:${request.toolCallId}`;
  }
}
