import { type CallbackActorLogic, type CallbackLogicFunction, fromCallback } from 'xstate';
import type { ConversationFact, NextFact, SocketFact } from '../../../machines/session/session.events.ts';
import type { SocketInput, SocketOrder } from '../../../machines/session/session.ports.ts';
import { ModelLeg } from './model-leg.ts';
import type { ModelLegDeps } from './model-leg-deps.ts';

/**
 * One socket of a call's session with the model, from the first attempt to the
 * last byte. Starts to connect when it starts.
 *
 * @param find - what the leg of that call needs. The logic is made once per process.
 */
export function modelLeg(
  find: (callSid: string) => ModelLegDeps,
): CallbackActorLogic<SocketOrder, SocketInput> {
  // `fromCallback` lets a child send anything; naming the function's type checks what it tells.
  const run: CallbackLogicFunction<SocketOrder, SocketFact | NextFact | ConversationFact, SocketInput> = ({
    input,
    sendBack,
    receive,
  }) => {
    const leg = new ModelLeg(find(input.callSid), input.standing, sendBack);
    receive((order) => {
      leg.obey(order);
    });
    return () => {
      leg.stop();
    };
  };
  return fromCallback(run);
}
