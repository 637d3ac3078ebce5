import { type AnyActorRef, createActor, fromCallback, type InspectionEvent, setup } from 'xstate';
import type { ModelFact } from '../../src/machines/call/call.events.ts';
import type { SessionEvent } from '../../src/machines/session/session.events.ts';
import { sessionMachine } from '../../src/machines/session/session.machine.ts';
import type {
  ItemOrder,
  SessionInput,
  SocketInput,
  SocketOrder,
} from '../../src/machines/session/session.ports.ts';
import { floorOf } from '../../src/protocol/state-path.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What a session told somebody: whom, what, and of what an error or a memory consists. */
export type Told = string;

/** A real session under a call that writes down; its socket and its items are the test. */
export class SessionUnderTest {
  /** Everything that was told, in order. */
  readonly told: Told[] = [];
  readonly #sockets: string[] = [];
  readonly clock = new VirtualClock();
  readonly #call: AnyActorRef;

  constructor(inspect?: (event: InspectionEvent) => void) {
    const write = (to: string) => (event: ModelFact | SocketOrder | ItemOrder) => {
      this.told.push(`${to}: ${inWords(event)}`);
    };
    const session = sessionMachine.provide({
      actors: {
        agentItems: fromCallback<ItemOrder, SessionInput>(({ receive }) => {
          receive(write('items'));
        }),
        modelLeg: fromCallback<SocketOrder, SocketInput>(({ input, receive }) => {
          let { standing } = input;
          const name = () => (standing === 'current' ? 'socket' : 'next');
          this.#sockets.push(`${name()} opened for ${input.callSid}`);
          receive((order) => {
            if (order.type === 'takeOver') standing = 'current';
            write(name())(order);
          });
          return () => this.#sockets.push(`${name()} let go`);
        }),
      },
    });
    const call = setup({ types: { events: {} as ModelFact }, actors: { session } }).createMachine({
      id: 'call',
      invoke: { id: 'model', src: 'session', input: { callSid: 'CA1' } },
      on: {
        '*': {
          actions: ({ event }) => {
            write('call')(event);
          },
        },
      },
    });
    this.#call = createActor(call, { clock: this.clock, ...(inspect && { inspect }) }).start();
  }

  get #session(): AnyActorRef {
    const { children } = this.#call.getSnapshot() as { children: Record<string, AnyActorRef> };
    const { model } = children;
    if (model === undefined) throw new Error('the session has ended');
    return model;
  }

  /** `opening`, `configuring`, `alone`, `rotating.waiting`, `backingOff`, `gone`: without the states around it. */
  get stage(): string {
    const { value } = this.#session.getSnapshot() as { value: Parameters<typeof floorOf>[0] };
    return floorOf(value)
      .replace(/^open\./, '')
      .replace(/^live\./, '');
  }

  /** The ids of its children, as an inspector shows them. */
  get children(): string[] {
    return Object.keys((this.#session.getSnapshot() as { children: object }).children);
  }

  /** What it remembers: another object whenever it has changed. */
  get memory(): unknown {
    return (this.#session.getSnapshot() as { context: unknown }).context;
  }

  tell(event: SessionEvent | { type: `xstate.${string}` }): this {
    this.#session.send(event);
    return this;
  }

  /** What became of sockets since the last look. */
  lookAtSockets(): string[] {
    return this.#sockets.splice(0);
  }

  /** What was told since the last look. */
  look(): Told[] {
    return this.told.splice(0);
  }
}

/** An event by its name and whatever else it says. */
function inWords({ type, ...more }: { readonly type: string }): string {
  return Object.keys(more).length === 0 ? type : `${type} ${JSON.stringify(more)}`;
}
