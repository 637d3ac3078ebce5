import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  getNextTransitions,
  transition,
} from 'xstate';
import type { CallEvent } from '../../../src/machines/call/call.events.ts';
import { floorOf, regionsOf } from '../../../src/protocol/state-path.ts';

/** A turn of the caller's has ended; its words come later, and sometimes the caller has hung up by then. */
const COMMITTED: CallEvent = { type: 'caller.committed', itemId: 'u1' };
const SAID: CallEvent = { type: 'caller.said', itemId: 'u1', text: 'please call me back' };

/** The ways in which a caller goes. */
const HANG_UPS: readonly CallEvent[] = [
  { type: 'phone.stopped', heard: [] },
  { type: 'phone.completed' },
  { type: 'phone.lost', error: { code: 'STREAM_LOST', message: 'gone' }, heard: [] },
];

/** Whom the end of a call does not wait for: the legs are what it ends, and tools that outlive a call are the toolbox's affair. */
const ENDS_WITH_CALL = /^(?:phone|model|tool\.\d+)$/;

/**
 * What a caller said takes effect although they hung up before its words were there: what words do beyond the
 * conversation (an announcement, a child that goes to work), at once or when the caller goes, they do in `ending.settling`,
 * too, and what is at work by then is waited for. Answers a sentence for each place among the situations where it is not so.
 */
export function lostWords(machine: AnyStateMachine, situations: readonly AnyMachineSnapshot[]): string[] {
  const faults = situations.flatMap((snapshot) =>
    snapshot.status === 'active' && !isDeaf(snapshot) ? faultsFrom(machine, snapshot) : [],
  );
  return [...new Set(faults)];
}

function faultsFrom(machine: AnyStateMachine, from: AnyMachineSnapshot): string[] {
  const { next: owing } = stepOf(machine, from, COMMITTED);
  if (owing.status !== 'active') return [];
  const place = floorOf(from.value as string);
  const heard = stepOf(machine, owing, SAID);
  return HANG_UPS.flatMap((hangUp) => {
    const parted = heard.next.status === 'active' ? stepOf(machine, heard.next, hangUp).effects : [];
    const { next: left, effects: before } = stepOf(machine, owing, hangUp);
    if (left.status !== 'active') return [`${place}: the call is over before the words are there`];
    if (!takes(left, SAID.type)) return [`${place}: nobody takes the words that come late`];
    const { next: told, effects } = stepOf(machine, left, SAID);
    const broken = workOf(owing).filter((id) => !workOf(left).includes(id) || !workOf(told).includes(id));
    const done = [...before, ...effects];
    const lost = [...heard.effects, ...parted].filter((effect) => !done.includes(effect));
    return [
      ...broken.map((id) => `${place}: ${id} is broken off behind ${hangUp.type}`),
      ...lost.map((effect) => `${place}: ${effect} is lost when the words come behind ${hangUp.type}`),
    ];
  });
}

/** Without a session no words can come. */
const isDeaf = ({ value }: AnyMachineSnapshot) => regionsOf(value as string)['session'] === 'gone';

const takes = (snapshot: AnyMachineSnapshot, type: string) =>
  getNextTransitions(snapshot).some(({ eventType }) => String(eventType) === type);

/** Children at work whose effect somebody outside waits for. */
const workOf = (snapshot: AnyMachineSnapshot) =>
  Object.keys(snapshot.children as object).filter((id) => !ENDS_WITH_CALL.test(id));

interface PureStep {
  readonly next: AnyMachineSnapshot;
  /** What leaves the conversation: announcements, and children that go to work and are not stopped at once. */
  readonly effects: readonly string[];
}

/** Computes one step; nothing of it is carried out. */
function stepOf(machine: AnyStateMachine, snapshot: AnyMachineSnapshot, event: EventObject): PureStep {
  const [next, actions] = transition(machine, snapshot, event) as [AnyMachineSnapshot, readonly Action[]];
  const announced = actions.flatMap(({ type, params }) =>
    type === 'xstate.emit' && params?.event !== undefined ? [params.event.type] : [],
  );
  const atWork = new Set(workOf(snapshot));
  const begun = workOf(next).filter((id) => !atWork.has(id));
  return { next, effects: [...announced, ...begun] };
}

interface Action {
  readonly type: string;
  readonly params?: { readonly event?: EventObject };
}
