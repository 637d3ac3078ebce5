import { type CallbackLogicFunction, fromCallback } from 'xstate';
import type { PhoneFact } from '../../machines/call/call.events.ts';
import type { LegInput, PhoneOrder } from '../../machines/call/call.ports.ts';
import { PhoneLeg, type PhoneLegDeps } from './phone-leg.ts';

export type { PhoneLegDeps };

/**
 * The phone leg as an actor: obeys `PhoneOrder`s, tells `PhoneFact`s, and owns the
 * carrier's socket from the moment the stream comes through the door.
 *
 * Provided once per process: what differs from call to call is found by call SID.
 * Stopping the actor at any time closes its socket, its timer and its end of the line.
 *
 * @param find - throws when there is no such call; the chart is told as a child's error.
 */
export function phoneLeg(find: (callSid: string) => PhoneLegDeps) {
  // `fromCallback` types `sendBack` as any event; naming the function's type restores the check.
  const logic: CallbackLogicFunction<PhoneOrder, PhoneFact, LegInput> = ({ input, sendBack, receive }) => {
    const leg = new PhoneLeg(find(input.callSid), sendBack);
    receive((order) => {
      leg.obey(order);
    });
    leg.start();
    return () => {
      leg.stop();
    };
  };
  return fromCallback<PhoneOrder, LegInput>(logic);
}
