import { fromPromise } from 'xstate';
import type { ToolOutcome } from '../machines/call/call.events.ts';
import { callMachine } from '../machines/call/call.machine.ts';
import type { CallPorts } from '../machines/call/call.ports.ts';
import { toolCallMachine } from '../machines/tool-call/tool-call.machine.ts';
import type { RunToolInput, ToolCallPorts } from '../machines/tool-call/tool-call.ports.ts';
import type { ModelLegDeps } from './openai/model-leg-deps.ts';
import { modelSession } from './openai/model-session.ts';
import { phoneLeg, type PhoneLegDeps } from './twilio/phone-leg.actor.ts';
import type { Toolbox } from './tools/toolbox.ts';

/** What one call's legs work with. The line between them is in both. */
export interface CallWiring {
  readonly phone: PhoneLegDeps;
  readonly model: ModelLegDeps;
}

/**
 * Fills every slot of the call's chart: the only place where charts and sockets
 * meet. Done once per process; what differs by call is found by its SID.
 */
export function wiredCallMachine(
  wiringOf: (callSid: string) => CallWiring,
  toolbox: Toolbox,
): typeof callMachine {
  const toolActors: ToolCallPorts = {
    runTool: fromPromise<ToolOutcome, RunToolInput>(({ input, signal }) => toolbox.run(input, signal)),
  };
  const actors: CallPorts = {
    phoneLeg: phoneLeg((callSid) => wiringOf(callSid).phone),
    modelSession: modelSession((callSid) => wiringOf(callSid).model),
    toolCall: toolCallMachine.provide({ actors: toolActors }),
  };
  return callMachine.provide({ actors });
}
