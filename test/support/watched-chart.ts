import type { AnyActorRef, InspectionEvent, SnapshotFrom } from 'xstate';
import type { callMachine } from '../../src/machines/call/call.machine.ts';
import type { sessionMachine } from '../../src/machines/session/session.machine.ts';
import type { StoredEntry } from '../../src/protocol/call-feed.ts';

type CallSnapshot = SnapshotFrom<typeof callMachine>;
type SessionContext = SnapshotFrom<typeof sessionMachine>['context'];

/** Where a call's chart came to rest, and what its session knew by then. */
export interface Rest {
  /** As XState calls what it was told. */
  readonly event: string;
  readonly call: CallSnapshot;
  readonly session: SessionContext | undefined;
}

/** Keeps where a call's chart came to rest, each time. */
export class WatchedChart {
  readonly rests: Rest[] = [];

  readonly inspect = ({ type, actorRef, rootId, ...told }: InspectionEvent): void => {
    if (type !== '@xstate.snapshot' || actorRef.sessionId !== rootId) return;
    const { event, snapshot } = told as Extract<InspectionEvent, { type: '@xstate.snapshot' }>;
    const call = snapshot as CallSnapshot;
    const session: AnyActorRef | undefined = call.children.model;
    const known = session?.getSnapshot() as SnapshotFrom<typeof sessionMachine> | undefined;
    this.rests.push({ event: event.type, call, session: known?.context });
  };

  /** Each rest with the rows up to it: those before the next thing that the chart was told. */
  withRows(rows: readonly StoredEntry[]): { rest: Rest; rows: readonly StoredEntry[] }[] {
    const facts = rows.flatMap(({ to }, index) => (to === 'call' ? [index] : []));
    const first = { rest: this.rests[0], rows: rows.slice(0, facts[0]) };
    const told = this.rests.filter(({ event }) => isTold(event));
    const others = facts.map((_, nth) => ({ rest: told[nth], rows: rows.slice(0, facts[nth + 1]) }));
    return [first, ...others].flatMap(({ rest, rows: until }) =>
      rest === undefined ? [] : [{ rest, rows: until }],
    );
  }
}

/** A row tells of it: of XState's own events timers, and what ended a child that is no tool call, or broke one. */
const isTold = (event: string) =>
  !event.startsWith('xstate.') || /^xstate\.(?:after\.|error\.actor\.|done\.actor\.(?!tool\.))/.test(event);
