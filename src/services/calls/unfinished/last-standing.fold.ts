import type { ErrorCode } from '../../../errors.ts';
import type { EndReason } from '../../../machines/call/call.events.ts';
import type { Regions, StoredEntry } from '../../../protocol/call-feed.ts';
import { isWithin } from '../../../protocol/state-path.ts';
import { endReasonAfter } from './end-reason.fold.ts';

/** Where the chart of a call stands by its rows. */
export interface LastStanding {
  /** Path of the floor. */
  readonly state: string;
  /** Paths of the other regions, by name. None are known of a call of an older engine. */
  readonly regions: Regions;
  /** What its stream was lost of, the last time. */
  readonly loss: ErrorCode | undefined;
  /** Why the call ends, where that is decided. */
  readonly endReason: EndReason | undefined;
  /** The caller has heard something. */
  readonly isAudible: boolean;
  /** When it came back, from a lost stream or a lost process: ms since the Unix epoch. */
  readonly comebacks: readonly number[];
  /** Its process has given it away in a moment in which nothing was lost, and nobody has taken it yet. */
  readonly isHandedOver: boolean;
}

export const NOT_BEGUN: LastStanding = {
  ...{ state: 'connecting', regions: {}, loss: undefined, endReason: undefined },
  ...{ isAudible: false, comebacks: [], isHandedOver: false },
};

/** One step of the standing. */
export function lastStandingAfter(before: LastStanding, row: StoredEntry): LastStanding {
  const isGivenAway = row.state === HANDED_OVER;
  // Who was given away goes on from where they stood.
  const state = row.state === '' || isGivenAway ? before.state : row.state;
  const regions = { ...before.regions, ...row.regions };
  return {
    state,
    regions,
    loss: row.event === 'phone.lost' ? row.body.error.code : before.loss,
    endReason: endReasonAfter(before, row, { state, regions }),
    isAudible: before.isAudible || row.event === 'playback.started',
    comebacks: isComeback(before, row) ? [...before.comebacks, row.at] : before.comebacks,
    isHandedOver: isGivenAway || (before.isHandedOver && row.event !== 'call.resumed'),
  };
}

/** The final state of a call that another process goes on with. */
const HANDED_OVER = 'handedOver';

/** A stream that was lost while the call went on, and a process. One that gave the call away has lost nothing. */
function isComeback(before: LastStanding, { event, state }: StoredEntry): boolean {
  if (event === 'call.resumed') return !before.isHandedOver;
  return isAwaitingStream(state) && !isAwaitingStream(before.state);
}

/** The phone's stream is gone, and the carrier is expected to bring another one. */
const isAwaitingStream = (state: string) => isWithin('awaitingStream', state);
