import { isDeepStrictEqual } from 'node:util';
import type { AnyMachineSnapshot, EventObject } from 'xstate';
import { floorOf, regionsOf } from '../../../src/protocol/state-path.ts';
import type { PureAction, PureStep } from '../../../src/testing/pure-machine.ts';

/** XState's name for a timer: `xstate.after.<delay>.<state id>`. */
const TIMER = /^xstate\.after\.([^.]+)\./;

interface Told {
  readonly type: string;
}

/** What of an action's params says whom it is for and what it is about. */
interface Params {
  readonly event?: Told;
  readonly targetId?: string;
  readonly id?: string;
  readonly delay?: number;
  readonly input?: unknown;
}

/**
 * Everything that a chart does in a step, a line each: where its regions go, the orders that it gives, what it tells itself
 * and announces, timers that begin and how long each is in ms, children that come and go, what it remembers.
 *
 * @param before - undefined of the first step.
 */
export function inWords(
  before: AnyMachineSnapshot | undefined,
  event: EventObject,
  { snapshot, actions, taken }: PureStep,
): string[] {
  const was = before === undefined ? {} : placesOf(before);
  const places = Object.entries(placesOf(snapshot)).filter(([region, path]) => was[region] !== path);
  const lines = [
    ...places.map(([region, path]) => `${region}: ${path}`),
    ...actions.flatMap(actionInWords),
    ...remembered(before, snapshot),
    ...(snapshot.status === 'active' ? [] : [`${snapshot.status} ${written(snapshot.output)}`]),
  ];
  if (lines.length > 0 || before === undefined) return lines;
  if (taken.length === 0) return ['nobody takes it'];
  // Whoever asks beforehand is told that it may be asked for, or not.
  return before.can(event) ? ['it is so already'] : ['is taken, and nothing comes of it'];
}

/** The region of a call that says where it is, and those beside it. */
const placesOf = ({ value }: AnyMachineSnapshot): Readonly<Record<string, string>> => ({
  floor: floorOf(value as string),
  ...regionsOf(value as string),
});

function actionInWords({ type, params }: PureAction): string[] {
  const { event, targetId, id = '', delay, input } = (params ?? {}) as Params;
  switch (type) {
    case 'xstate.sendTo':
      return [`to ${targetId ?? 'parent'} ${said(event)}`];
    case 'xstate.raise':
      return delay === undefined
        ? [`to itself ${said(event)}`]
        : [`timer ${TIMER.exec(id)?.[1] ?? id} ${String(delay)}`];
    case 'xstate.emit':
      return [`announces ${said(event)}`];
    case 'xstate.spawnChild':
      return [`begins ${id} ${written(input)}`];
    case 'xstate.stopChild':
      return [`stops ${id}`];
    // The state that a timer belongs to was left: where the regions are says so.
    case 'xstate.cancel':
      return [];
    default:
      return [type];
  }
}

/** An event as a walk is written: its type, and what it carries. */
export function said({ type, ...body }: Told = { type: '' }): string {
  return Object.keys(body).length === 0 ? type : `${type} ${written(body)}`;
}

/** What it remembers that it did not before; `null` is forgotten. */
function remembered(before: AnyMachineSnapshot | undefined, after: AnyMachineSnapshot): string[] {
  const [was, is] = [before?.context ?? {}, after.context] as Record<string, unknown>[];
  const changed = Object.entries(is ?? {}).filter(([name, value]) => !isDeepStrictEqual(was?.[name], value));
  return before === undefined ? [] : changed.map(([name, value]) => `${name} = ${written(value ?? null)}`);
}

const written = (value: unknown) => (value === undefined ? '' : JSON.stringify(value));
