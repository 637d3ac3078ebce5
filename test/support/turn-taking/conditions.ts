import type { AudioMode } from './agent-voice.ts';
import type { Chance } from './chance.ts';
import type { Delay } from './network-lane.ts';
import type { Networks } from './room.ts';
import type { Tolerance } from './verdict.ts';

/** Under what a call is held. */
export interface Conditions {
  readonly audio: AudioMode;
  readonly bargeIn: 'immediate' | 'confirmed';
  readonly network: 'none' | 'constant' | 'jittering';
}

export interface Paths {
  readonly networks: Networks;
  readonly tolerance: Tolerance;
}

/** Of one message, one way. */
const LONGEST_DELAY_MS = 180;
const JITTER_MS = 60;
/** A frame of the media clock, in ms. */
const FRAME_MS = 20;

/**
 * Networks, and how exact the engine has to be on them: within a frame of what
 * the caller heard before its `clear` arrived; and, until the round trip is
 * known, within a one-way delay more; where delays vary, within what two of
 * them can differ. Where nothing varies it never makes the model believe that
 * more was heard.
 */
export function pathsFor({ network }: Conditions, chance: Chance): Paths {
  if (network === 'none') {
    const none = () => 0;
    const networks = { phoneIn: none, phoneOut: none, modelIn: none, modelOut: none };
    return { networks, tolerance: { lessMs: FRAME_MS, moreMs: FRAME_MS } };
  }
  const jitterMs = network === 'constant' ? 0 : JITTER_MS;
  const path = (): readonly [Delay, number] => {
    const ms = chance.int(1, LONGEST_DELAY_MS - JITTER_MS);
    return [() => ms + (jitterMs === 0 ? 0 : chance.int(0, jitterMs)), ms + jitterMs];
  };
  const [phoneIn, inMs] = path();
  const [phoneOut, outMs] = path();
  const [modelIn] = path();
  const [modelOut] = path();
  const longestMs = Math.max(inMs, outMs, 2 * jitterMs);
  return {
    networks: { phoneIn, phoneOut, modelIn, modelOut },
    tolerance: { lessMs: FRAME_MS + longestMs, moreMs: FRAME_MS + (network === 'constant' ? 0 : longestMs) },
  };
}
