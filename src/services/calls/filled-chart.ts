import { fromPromise } from 'xstate';
import type { ToolOutcome } from '../../machines/call/call.events.ts';
import { callMachine } from '../../machines/call/call.machine.ts';
import type { CallPorts } from '../../machines/call/call.ports.ts';
import { toolCallMachine } from '../../machines/tool-call/tool-call.machine.ts';
import type { RunToolInput, ToolCallPorts } from '../../machines/tool-call/tool-call.ports.ts';
import type { ModelLegDeps } from '../openai/session/model-leg-deps.ts';
import { modelSession } from '../openai/session/model-session.ts';
import { phoneLeg, type PhoneLegDeps } from '../phone/phone-leg.actor.ts';
import type { Toolbox } from '../tools/toolbox.ts';

/** What one call's legs work with. The line between them is in both. */
export interface CallLegDeps {
  readonly phone: PhoneLegDeps;
  readonly model: ModelLegDeps;
}

/**
 * Fills every slot of the call's chart: the only place where charts and sockets
 * meet. Done once per process; what differs by call is found by its SID.
 */
export function filledCallChart(
  depsOf: (callSid: string) => CallLegDeps,
  toolbox: Toolbox,
): typeof callMachine {
  const toolActors: ToolCallPorts = {
    runTool: fromPromise<ToolOutcome, RunToolInput>(({ input, signal }) => toolbox.run(input, signal)),
  };
  const actors: CallPorts = {
    phoneLeg: phoneLeg((callSid) => depsOf(callSid).phone),
    modelSession: modelSession((callSid) => depsOf(callSid).model),
    toolCall: toolCallMachine.provide({ actors: toolActors }),
  };
  return callMachine.provide({ actors });
}
