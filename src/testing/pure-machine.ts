import {
  type ActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  createEmptyActor,
  type EventObject,
  fromTransition,
} from 'xstate';
import { transitionKey } from '../observation/transition-key.ts';

/** What a machine would do, of which nothing is carried out. */
export interface PureStep {
  readonly snapshot: AnyMachineSnapshot;
  /** Keys of the transitions taken, in order; empty when the event changes nothing. */
  readonly taken: readonly string[];
  /** In order. What changes the context only is none. */
  readonly actions: readonly PureAction[];
}

/** XState's name for a kind of action, and what it is to be done with. */
export interface PureAction {
  readonly type: string;
  readonly params: unknown;
}

/** Stands for the machine's own actor, which would compute its first snapshot each time. */
const NOTHING = fromTransition((nothing: undefined) => nothing, undefined);

/** A machine that computes and does nothing. */
export class PureMachine {
  readonly #machine: AnyStateMachine;
  readonly #input: unknown;

  constructor(machine: AnyStateMachine, input: unknown) {
    this.#machine = machine;
    this.#input = input;
  }

  first(): PureStep {
    return this.#compute(
      (scope) => this.#machine.getInitialSnapshot(scope, this.#input) as AnyMachineSnapshot,
    );
  }

  next(snapshot: AnyMachineSnapshot, event: EventObject): PureStep {
    return this.#compute((scope) => this.#machine.transition(snapshot, event, scope) as AnyMachineSnapshot);
  }

  #compute(transition: (scope: Scope) => AnyMachineSnapshot): PureStep {
    const taken: string[] = [];
    const actions: PureAction[] = [];
    // Never started: they lend a place in a system, and somebody to send to. New ones each time, because a system remembers its actors.
    const parent = createEmptyActor();
    const self = createActor(NOTHING, { parent }) as unknown as Scope['self'];
    parent.system.inspect((event) => {
      if (event.type === '@xstate.microstep' && event.actorRef === self) {
        taken.push(...event._transitions.map(transitionKey));
      }
    });
    const nothing = () => undefined;
    const snapshot = transition({
      self,
      id: self.id,
      sessionId: self.sessionId,
      system: self.system,
      logger: nothing,
      defer: nothing,
      emit: nothing,
      stopChild: nothing,
      actionExecutor: ({ type, params }) => actions.push({ type, params }),
    });
    return { snapshot, taken, actions };
  }
}

type Scope = ActorScope<AnyMachineSnapshot, EventObject>;
