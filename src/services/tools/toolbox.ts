import type { ToolOutcome } from '../../machines/call/call.events.ts';
import type { RunToolInput } from '../../machines/tool-call/tool-call.ports.ts';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
import { CallTools } from './call-tools.ts';
import type { ToolSpec } from './define-tool.ts';
import { OfferedTools, type OfferedToolsParts } from './offered-tools.ts';
import { TOOL_LIMITS, type ToolLimits } from './tool-budget.ts';
import { CANCELLED } from './tool-output.ts';
import { ToolRequests, type ToolRequestsParts } from './tool-requests.ts';
import { abortOf, ToolRuns, type ToolRunsParts } from './tool-runs.ts';

export interface ToolboxParts extends OfferedToolsParts, ToolRequestsParts, ToolRunsParts {
  readonly limits?: ToolLimits;
}

/** The tools of all calls, and the checks that a request passes before its tool runs. */
export interface Toolbox {
  /** The names of all tools: what a profile's `tools` may say. */
  readonly names: readonly string[];
  /** The tools of a profile, in its order, as a session is configured with them; less those a call has lost. */
  specsFor(profile: AgentProfile, callSid?: string): ToolSpec[];
  /**
   * Runs one request; fills the `runTool` port. Never rejects, and settles at once when `signal` aborts: an
   * effect that outlives its call goes on, and its late outcome answers the next request that means the same.
   */
  run(input: RunToolInput, signal: AbortSignal): Promise<ToolOutcome>;
  /** What the caller heard of the agent, or that the caller has taken a turn. The policy goes by it. */
  noteSpoken(callSid: string, spoken: { readonly agentSaid: string } | 'callerSpoke'): void;
  /** The tools with effects were taken from a call, in a process before this one. */
  withdraw(callSid: string): void;
  /** Drops what was kept of a call that has ended. */
  forget(callSid: string): void;
}

export function createToolbox(parts: ToolboxParts): Toolbox {
  const { callOf, clock, limits = TOOL_LIMITS } = parts;
  const desks = new Map<string, CallTools>();
  const offered = new OfferedTools(parts);
  const requests = new ToolRequests(parts, offered, new ToolRuns(parts, offered));

  const deskOf = (callSid: string): CallTools => {
    const known = desks.get(callSid);
    if (known !== undefined) return known;
    const desk = new CallTools(limits);
    desks.set(callSid, desk);
    return desk;
  };

  return {
    names: offered.names,
    specsFor: (profile, callSid) => {
      const isWithdrawn = callSid !== undefined && desks.get(callSid)?.policy.isWithdrawn === true;
      return offered.of(profile, isWithdrawn).map((tool) => tool.specFor(profile));
    },
    run: async (input, signal) => {
      if (signal.aborted) return CANCELLED;
      return untilAborted(requests.answer(maskedInput(input, parts.maskFor), deskOf, signal), signal);
    },
    noteSpoken: (callSid, spoken) => {
      if (callOf(callSid) === undefined) return;
      const { talk } = deskOf(callSid);
      if (spoken === 'callerSpoke') talk.callerSpoke();
      else talk.agentSaid(spoken.agentSaid, clock.steady());
    },
    withdraw: (callSid) => {
      deskOf(callSid).policy.withdraw();
    },
    forget: (callSid) => {
      desks.delete(callSid);
    },
  };
}

function maskedInput({ callSid, request }: RunToolInput, maskFor: ToolboxParts['maskFor']): RunToolInput {
  const { argumentsJson } = request;
  return {
    callSid,
    request: { ...request, argumentsJson: maskFor?.(callSid, argumentsJson) ?? argumentsJson },
  };
}

async function untilAborted(outcome: Promise<ToolOutcome>, signal: AbortSignal): Promise<ToolOutcome> {
  return Promise.race([outcome, abortOf(signal).then(() => CANCELLED)]);
}
