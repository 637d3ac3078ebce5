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

type Inspected<Type extends InspectionEvent['type']> = Extract<InspectionEvent, { type: Type }>;

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
  const frames = new Frames(emit, now, isWanted);
  return {
    inspect: (event) => {
      try {
        frames.take(event);
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

/** Makes a frame of each event that is one. */
class Frames {
  readonly #emit: (frame: Frame) => void;
  readonly #now: () => number;
  readonly #isWanted: NonNullable<TapOptions['isWanted']>;
  readonly #names = new ActorNames();
  /** Charts that have not come to rest since the last event they were handed. */
  readonly #moving = new WeakSet<object>();

  constructor(
    emit: (frame: Frame) => void,
    now: () => number,
    isWanted: NonNullable<TapOptions['isWanted']>,
  ) {
    this.#emit = emit;
    this.#now = now;
    this.#isWanted = isWanted;
  }

  take(event: InspectionEvent): void {
    const ref = event.actorRef as InspectedActor;
    const actor = this.#names.of(ref);
    switch (event.type) {
      case '@xstate.actor':
        this.#actor(ref, actor);
        return;
      case '@xstate.event':
        this.#event(event, actor);
        return;
      case '@xstate.microstep':
        this.#step(event, ref, actor);
        return;
      case '@xstate.snapshot':
        this.#rest(event, ref, actor);
        return;
      case '@xstate.transition':
      case '@xstate.action':
        return; // The step has told the transition; actions show as the events they send.
    }
  }

  #actor(ref: InspectedActor, actor: string): void {
    if (!this.#isWanted('actor', actor)) return;
    const parent = ref._parent;
    this.#emit({
      v: 1,
      at: this.#now(),
      kind: 'actor',
      actor,
      ...(parent && { parent: this.#names.of(parent) }),
      ...(ref.logic instanceof StateMachine && { machine: ref.logic.id }),
    });
  }

  #event({ event, sourceRef }: Inspected<'@xstate.event'>, to: string): void {
    const from = sourceRef && this.#names.of(sourceRef);
    if (!this.#isWanted('event', to, from)) return;
    this.#emit({
      v: 1,
      at: this.#now(),
      kind: 'event',
      ...(from !== undefined && { from }),
      to,
      type: event.type,
      body: fieldsToJson(event, 'type'),
    });
  }

  #step(
    { event, snapshot, _transitions }: Inspected<'@xstate.microstep'>,
    ref: InspectedActor,
    actor: string,
  ): void {
    if (!this.#isWanted('step', actor)) return;
    this.#emit({
      v: 1,
      at: this.#now(),
      kind: 'step',
      actor,
      event: event.type,
      taken: _transitions.map(transitionKey),
      ...(this.#moving.has(ref) && { follows: true }),
      value: (snapshot as Snapshot<unknown> & { value: StateValue }).value,
    });
    this.#moving.add(ref);
  }

  #rest({ snapshot: { status } }: Inspected<'@xstate.snapshot'>, ref: InspectedActor, actor: string): void {
    this.#moving.delete(ref);
    if (status !== 'active' && this.#isWanted('end', actor)) {
      this.#emit({ v: 1, at: this.#now(), kind: 'end', actor, status });
    }
  }
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
