import type { FeedEntry, StoredEntry } from '../../../src/protocol/call-feed.ts';
import { callersFloor } from './callers-floor.ts';
import { consent } from './consent.ts';
import { deadlines } from './deadlines.ts';
import { endings } from './endings.ts';
import { facts } from './facts.ts';
import type { Law } from './law.ts';
import { playback } from './playback.ts';
import { requests } from './requests.ts';
import { stepsOf } from './step.ts';
import { streams } from './streams.ts';
import { timers } from './timers.ts';
import { toolCalls } from './tool-calls.ts';
import { turns } from './turns.ts';

/** What must be so in every call, whatever happens to it. */
export const callLaws: readonly Law[] = [
  callersFloor,
  ...deadlines,
  ...timers,
  ...turns,
  ...toolCalls,
  ...playback,
  ...requests,
  ...endings,
  ...consent,
  ...streams,
  ...facts,
];

/** What breaks a law in a call's log, a sentence each. */
export function brokenLaws(rows: readonly (FeedEntry | StoredEntry)[]): string[] {
  const steps = stepsOf(rows);
  return callLaws.flatMap(({ broken }) => broken(steps));
}
