import { type CallbackActorLogic, type CallbackLogicFunction, fromCallback } from 'xstate';
import type { ModelFact } from '../../machines/call/call.events.ts';
import type { LegInput, ModelOrder } from '../../machines/call/call.ports.ts';
import { ModelLeg } from './model-leg.ts';
import type { ModelLegDeps } from './model-leg-deps.ts';

export type { ModelLegDeps };

/**
 * The model's side of a call: owns one socket to a Realtime server, from the
 * first attempt to the last byte. Starts to connect when it starts.
 *
 * @param find - what the leg of that call needs. The logic is made once per process.
 */
export function modelLeg(find: (callSid: string) => ModelLegDeps): CallbackActorLogic<ModelOrder, LegInput> {
  // `fromCallback` lets a child send anything; naming the function's type checks what it tells.
  const run: CallbackLogicFunction<ModelOrder, ModelFact, LegInput> = ({ input, sendBack, receive }) => {
    const leg = new ModelLeg(find(input.callSid), sendBack);
    receive((order) => {
      leg.obey(order);
    });
    return () => {
      leg.stop();
    };
  };
  return fromCallback(run);
}
