import { sessionMachine } from '../../../machines/session/session.machine.ts';
import type { SessionPorts } from '../../../machines/session/session.ports.ts';
import { agentItems } from '../memory/agent-items.actor.ts';
import { modelLeg } from './model-leg.actor.ts';
import type { ModelLegDeps } from './model-leg-deps.ts';

/**
 * The session's chart with its slots filled: a socket to a Realtime server, and what the agent has said.
 *
 * @param find - what the session of that call needs. The logic is made once per process.
 */
export function modelSession(find: (callSid: string) => ModelLegDeps): typeof sessionMachine {
  const actors: SessionPorts = {
    agentItems: agentItems((callSid) => find(callSid).memory),
    modelLeg: modelLeg(find),
  };
  return sessionMachine.provide({ actors });
}
