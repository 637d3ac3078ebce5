import type { ErrorCode } from '../../../errors.ts';
import type { EndReason } from '../../../machines/call/call.events.ts';
import type { Regions, StoredEntry } from '../../../protocol/call-feed.ts';
import { isWithin } from '../../../protocol/state-path.ts';

interface Standing {
  readonly state: string;
  readonly regions: Regions;
}

interface Before extends Standing {
  /** What its stream was lost of, the last time. */
  readonly loss: ErrorCode | undefined;
}

/** The agent says goodbye, and what silenced it may be a noise: then it goes on with that. */
const DOUBTING = ['conversing.interrupted.doubting', 'conversing.interrupted.weighing'];

/**
 * Why a call ends, after one more row: what decided it first, until the caller takes the floor again. The chart keeps it
 * to itself, so it is known by what led to the end.
 */
export function endReasonAfter(
  before: Before & { readonly endReason: EndReason | undefined },
  row: StoredEntry,
  after: Standing,
): EndReason | undefined {
  if (row.event === 'call.ended') return row.body.reason;
  if (DOUBTING.includes(after.state)) return before.endReason;
  if (!isWithin('ending', after.state) && after.state !== 'ended') return undefined;
  return before.endReason ?? reasonOf(before, row, after);
}

function reasonOf(before: Before, row: StoredEntry, after: Standing): EndReason {
  if (row.event === 'hangup.requested') return 'operator';
  if (isWithin('awaitingStream', before.state)) return reasonOfLoss(before);
  switch (row.event) {
    case 'phone.stopped':
      return 'caller_hung_up';
    case 'phone.completed':
      if (isWithin('transferring.connected', before.state)) return 'transferred';
      return row.body.failed === true ? 'failed' : 'caller_hung_up';
    // Where another stream is of no use, or cannot come.
    case 'phone.lost':
    case 'phone.left':
    case 'crashed.phone':
      return 'failed';
    case 'transfer.ended':
      return row.body.result === 'reached' ? 'transferred' : 'no_answer';
    case 'caller.keptSilent':
    case 'after.idleAfter':
      return 'idle';
    case 'after.talkWithin':
      return 'transferred';
    case 'after.returnWithin':
      return 'lost';
    default:
      return reasonOfState(after);
  }
}

/** Nobody brought another stream. */
const reasonOfLoss = ({ loss = 'STREAM_LOST' }: Before): EndReason =>
  loss === 'STREAM_LOST' ? 'lost' : 'failed';

/** What the chart does by itself, whatever it was told. */
function reasonOfState({ state, regions }: Standing): EndReason {
  if (isWithin('ending.apologizing', state)) return 'failed';
  return regions['clock'] === 'overdue' ? 'max_duration' : 'agent_ended';
}
