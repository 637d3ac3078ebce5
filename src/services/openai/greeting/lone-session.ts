import { createActor, setup } from 'xstate';
import type { ModelFact } from '../../../machines/call/call.events.ts';
import type { ModelOrder } from '../../../machines/session/session.events.ts';
import type { ModelLegDeps } from '../session/model-leg-deps.ts';
import { modelSession } from '../session/model-session.ts';

/** A session without a call. */
export interface LoneSession {
  order(order: ModelOrder): void;
  /** Closes it. Nothing is told any more. */
  stop(): void;
}

/** Opens a session as a call does, for whoever wants one thing of it: a sentence, or to know that it can be had. */
export function openLoneSession(deps: ModelLegDeps, tell: (fact: ModelFact) => void): LoneSession {
  const owner = setup({
    types: { events: {} as ModelFact, children: {} as { model: 'modelSession' } },
    actors: { modelSession: modelSession(() => deps) },
  }).createMachine({
    invoke: { id: 'model', src: 'modelSession', input: { callSid: '' } },
    on: {
      '*': {
        actions: ({ event }) => {
          tell(event);
        },
      },
    },
  });
  const actor = createActor(owner, { clock: deps.clock }).start();
  return {
    order: (order) => {
      actor.getSnapshot().children.model?.send(order);
    },
    stop: () => {
      actor.stop();
    },
  };
}
