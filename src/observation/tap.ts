import {
  type ActorRefLike,
  type AnyActorRef,
  type InspectionEvent,
  type Snapshot,
  StateMachine,
  type StateValue,
} from 'xstate';
import type { Frame } from './frame.ts';
import { fieldsToJson } from './json.ts';
import { transitionKey } from './transition-key.ts';

export interface TapOptions {
  /** Milliseconds since the Unix epoch: the call's clock. */
  readonly now: () => number;
  /** Whose frames are made: to make one copies all that an event says. All actors' by default. */
  readonly isWanted?: (kind: Frame['kind'], actor: string, from?: string) => boolean;
  /** Called with what `emit`, or the tap itself, threw. What it throws in turn is swallowed. */
  readonly onFault?: (thrown: unknown) => void;
}

export interface Tap {
  /** For `createActor(machine, { inspect })`, or `actor.system.inspect(...)` of a call that is running. */
  readonly inspect: (event: InspectionEvent) => void;
}

/** What an actor is beside what XState's inspection types say of it. */
type InspectedActor = AnyActorRef & { readonly logic?: unknown };

/**
 * Turns the inspection events of one call's actor system into frames. The only
 * file that knows XState's inspection shapes; the next version of XState
 * replaces them.
 *
 * Never throws: what an inspector throws would put the call itself into the
 * error state. Synchronous, so frames come in the order things happened; a slow
 * `emit` slows the call.
 *
 * One tap serves one actor system: the root's name would not tell two apart.
 */
export function createTap(
  emit: (frame: Frame) => void,
  { now, isWanted = () => true, onFault }: TapOptions,
): Tap {
  const names = new ActorNames();
  /** Charts that have not come to rest since the last event they were handed. */
  const moving = new WeakSet<object>();

  const tell = (event: InspectionEvent): void => {
    const ref = event.actorRef as InspectedActor;
    const actor = names.of(ref);
    switch (event.type) {
      case '@xstate.actor': {
        if (!isWanted('actor', actor)) return;
        const parent = ref._parent;
        emit({
          v: 1,
          at: now(),
          kind: 'actor',
          actor,
          ...(parent && { parent: names.of(parent) }),
          ...(ref.logic instanceof StateMachine && { machine: ref.logic.id }),
        });
        return;
      }
      case '@xstate.event': {
        const from = event.sourceRef && names.of(event.sourceRef);
        if (!isWanted('event', actor, from)) return;
        emit({
          v: 1,
          at: now(),
          kind: 'event',
          ...(from !== undefined && { from }),
          to: actor,
          type: event.event.type,
          body: fieldsToJson(event.event, 'type'),
        });
        return;
      }
      case '@xstate.microstep':
        if (!isWanted('step', actor)) return;
        emit({
          v: 1,
          at: now(),
          kind: 'step',
          actor,
          event: event.event.type,
          taken: event._transitions.map(transitionKey),
          ...(moving.has(ref) && { follows: true }),
          value: (event.snapshot as Snapshot<unknown> & { value: StateValue }).value,
        });
        moving.add(ref);
        return;
      case '@xstate.snapshot': {
        const { status } = event.snapshot;
        moving.delete(ref);
        if (status !== 'active' && isWanted('end', actor)) {
          emit({ v: 1, at: now(), kind: 'end', actor, status });
        }
        return;
      }
      case '@xstate.transition':
      case '@xstate.action':
        return; // The step has told the transition; actions show as the events they send.
    }
  };

  return {
    inspect: (event) => {
      try {
        tell(event);
      } catch (thrown) {
        try {
          onFault?.(thrown);
        } catch {
          // A fault of whoever counts faults is not the call's.
        }
      }
    },
  };
}

/** Names actors by their way from the root: XState's session ids count up over the whole process. */
class ActorNames {
  readonly #known = new WeakMap<object, string>();

  of(actor: ActorRefLike): string {
    const known = this.#known.get(actor);
    if (known !== undefined) return known;
    const name = this.#nameOf(actor as InspectedActor);
    this.#known.set(actor, name);
    return name;
  }

  #nameOf(ref: InspectedActor): string {
    const parent = ref._parent;
    if (parent === undefined) return rootName(ref);
    return parent._parent === undefined ? ref.id : `${this.of(parent)}/${ref.id}`;
  }
}

/** A root that was given no id carries its session id; its chart's id says more. */
function rootName({ id, sessionId, logic }: InspectedActor): string {
  return id === sessionId && logic instanceof StateMachine ? logic.id : id;
}
