import {
  type CallbackActorLogic,
  type EventObject,
  fromCallback,
  fromPromise,
  type PromiseActorLogic,
} from 'xstate';

/**
 * Declares a long-lived child that a chart needs and does not own.
 * The wiring provides the real one; starting a bare chart fails at once and says which slot is empty.
 */
export function actorSlot<Order extends EventObject, Input>(name: string): CallbackActorLogic<Order, Input> {
  return fromCallback<Order, Input>(() => {
    throw new Error(`actor slot "${name}" is empty`);
  });
}

/** Declares a child that does one thing and ends with an output. */
export function taskSlot<Output, Input>(name: string): PromiseActorLogic<Output, Input> {
  return fromPromise<Output, Input>(() => Promise.reject(new Error(`task slot "${name}" is empty`)));
}
