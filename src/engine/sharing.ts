import type { Log } from '../log.ts';
import type { ModelCircuit } from '../services/admission/model-circuit.ts';
import { COMES_BACK_WITHIN_MS } from '../services/calls/awaited-calls.ts';
import { type CallRegistry, HANDED_OVER } from '../services/calls/call-registry.ts';
import { endAsLost } from '../services/calls/stale-calls.ts';
import type { Desk } from '../services/desk/desk.ts';
import { WRITE_LIMIT_NAMES, type WriteLimits } from '../services/http/write-limits.ts';
import type { LiveCalls } from '../services/live/live-calls.ts';
import type { LiveElsewhere } from '../services/live/live-feed.ts';
import type { Journal } from '../services/storage/journal.port.ts';
import { ForwardingDesk } from '../services/workers/forwarding-desk.ts';
import { HandedOverCalls, tellHandedOver } from '../services/workers/handed-over-news.ts';
import { shareCircuit, shareLimits } from '../services/workers/limit-news.ts';
import { LiveTeller, type LiveTellerParts } from '../services/workers/live-teller.ts';
import { SiblingCalls } from '../services/workers/sibling-calls.ts';
import { SiblingSuccessors } from '../services/workers/successor-news.ts';
import type { Siblings } from '../services/workers/siblings.port.ts';

export interface SharedCallsParts {
  /** Undefined: this process is the whole engine. */
  readonly siblings: Siblings | undefined;
  readonly registry: CallRegistry;
  /** Of the calls of this process. */
  readonly desk: Desk;
  /** Those that go on when this worker is to end. */
  readonly successors: Pick<SiblingSuccessors, 'one'> | undefined;
}

/** The desk of all calls of the engine, whichever of its workers they live in; and the others are told which live here. */
export function shareCalls({ siblings, registry, desk, successors }: SharedCallsParts): Desk {
  if (siblings === undefined) return desk;
  registry.onBegun(({ callSid }) => {
    siblings.has(callSid);
  });
  registry.onLeft(({ callSid }) => {
    siblings.hasNoMore(callSid);
  });
  registry.onHandedOver(({ callSid }) => {
    tellHandedOver(siblings, callSid);
  });
  return new ForwardingDesk({
    ...{ own: desk, siblings },
    isHere: (callSid) => registry.find(callSid) !== undefined,
    leaving: (callSid) => registry.leaving(callSid),
    successor: () => successors?.one,
  });
}

export interface JoinedParts extends SharedLiveCallsParts {
  readonly circuit: ModelCircuit;
  readonly journal: Journal;
  /** This worker is to end. */
  readonly isDraining: () => boolean;
  /** Where calls without a process are waited for: nobody waits for this one any more. */
  readonly forget: (callSid: string) => void;
  readonly log: Log;
}

/** What the calls of a worker have of the other workers. */
export function joinWorkers(parts: JoinedParts) {
  shareCircuit(parts.siblings, parts.circuit);
  const live = shareLiveCalls(parts);
  const handedOver = new HandedOverCalls({
    ...parts,
    comesBackWithinMs: COMES_BACK_WITHIN_MS,
    onHandedOver: (callSid) => seeHandedOver(parts, callSid),
    giveUp: (callSid) => endAsLost(parts.journal, callSid),
  });
  return {
    elsewhere: live.elsewhere,
    successors: new SiblingSuccessors(parts),
    close: () => {
      live.close();
      handedOver.close();
    },
  };
}

/** Viewers see it where it stood, also those that nobody has told of it. */
async function seeHandedOver(
  { calls, journal }: Pick<JoinedParts, 'calls' | 'journal'>,
  callSid: string,
): Promise<void> {
  if (calls.handOver(callSid, HANDED_OVER)) return;
  const record = await journal.query('call', { callSid });
  const isWaiting = record?.endedAt === null && record.state === HANDED_OVER;
  if (isWaiting && calls.get(callSid) === undefined) calls.wait(record, record.state);
}

export interface SharedLiveCallsParts extends Omit<LiveTellerParts, 'calls'> {
  readonly calls: LiveCalls;
}

/** Viewers see the live calls of all workers, and those of other workers see the ones of this. */
export function shareLiveCalls(parts: SharedLiveCallsParts): { elsewhere: LiveElsewhere; close(): void } {
  const teller = new LiveTeller(parts);
  return {
    elsewhere: new SiblingCalls(parts),
    close: () => {
      teller.close();
    },
  };
}

/** What the API lets through in one worker counts in all. */
export function shareWriteLimits(siblings: Siblings, limits: WriteLimits): void {
  shareLimits(siblings, {
    names: WRITE_LIMIT_NAMES,
    onTaken: (listener) => {
      limits.onTaken(listener);
    },
    count: (name) => {
      limits.count(name);
    },
  });
}
