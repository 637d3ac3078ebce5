import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { History } from '../../src/machines/session/session.events.ts';
import type { StoredEntry } from '../../src/protocol/call-feed.ts';
import { floorOf } from '../../src/protocol/state-path.ts';
import { conversationOf } from '../../src/services/calls/unfinished/conversation.fold.ts';
import { unfinishedCallOf } from '../../src/services/calls/unfinished/unfinished-call.ts';
import { recordedNames, recordedVersions, wiresOf } from '../support/golden/golden-files.ts';
import { replayWires } from '../support/golden/wire-replay.ts';
import { patience } from '../support/night.ts';
import { holds } from '../support/properties.ts';
import {
  anyConditions,
  anyScript,
  anyScriptWithLoss,
  scriptCall,
} from '../support/turn-taking/script-call.ts';
import { type Rest, WatchedChart } from '../support/watched-chart.ts';

const PATIENCE_MS = patience(120_000);
const END_WITHIN_MS = 180_000;

/** Keys are dots in the rows, where a profile says so. */
const asKept = (history: History): History =>
  history.map((one) =>
    'role' in one && one.text?.startsWith('[keypad]') === true ? { ...one, text: '[keypad] ••••' } : one,
  );

/** What the chart itself knew of what the fold is to find out. */
function knownTo({ call, session }: Rest, hasHeard: boolean) {
  const { context } = call;
  const inFloor = (value: object | string) => call.matches({ alive: { floor: value } } as never);
  const inRegion = (region: string, value: object | string) => call.matches({ alive: { [region]: value } });
  const isWithPerson = inFloor({ transferring: 'dialing' }) || inFloor({ transferring: 'connected' });
  const isUngreeted = inFloor('connecting') || inFloor('configuring') || inFloor({ conversing: 'greeting' });
  const isHandedOver = inFloor({ transferring: 'announcing' }) || inFloor({ transferring: 'excusing' });
  const isTransfer = inRegion('consequence', 'transfer') || isHandedOver;
  const pausedBy = (['operator', 'agent', 'card'] as const).find(
    (by) => inRegion('recording', { paused: by }) || inRegion('recording', { consentOwed: { paused: by } }),
  );
  return {
    owed:
      inFloor({ conversing: { listening: 'quiet' } }) || inFloor({ awaitingStream: 'quiet' })
        ? 'nothing'
        : isWithPerson
          ? 'transfer'
          : (isUngreeted && !hasHeard) || inFloor({ awaitingStream: 'greetingOwed' })
            ? 'greeting'
            : 'reply',
    consequence: isTransfer
      ? context.canTransfer
        ? 'transfer'
        : 'none'
      : inRegion('consequence', 'end')
        ? 'end'
        : inRegion('consequence', 'parting')
          ? 'parting'
          : 'none',
    isWarned: inRegion('clock', 'warned') || inRegion('clock', 'overdue'),
    recording: {
      standing: inRegion('recording', 'off')
        ? 'off'
        : inRegion('recording', 'consentOwed')
          ? 'consentOwed'
          : inRegion('recording', 'stopped')
            ? 'stopped'
            : 'rolling',
      ...(pausedBy !== undefined && { pausedBy }),
    },
    tellings: context.tellings,
    nextSlot: context.nextSlot,
    ...(session?.keptTools !== undefined && { keptTools: session.keptTools }),
  };
}

/** How often a chart has come to wait for another stream. */
const lossesIn = (steps: readonly { readonly rest: Rest }[]) =>
  steps.filter(({ rest }, nth) => {
    const isWaiting = (one: Rest | undefined) =>
      one?.call.matches({ alive: { floor: 'awaitingStream' } }) === true;
    return isWaiting(rest) && !isWaiting(steps[nth - 1]?.rest);
  }).length;

/** Wherever its process had ended, the rows say of a call what its chart and its session knew. */
function expectKnown(chart: WatchedChart, rows: readonly StoredEntry[]): number {
  const steps = chart.withRows(rows);
  const histories = steps.map((step) => asKept(conversationOf(step.rows)));
  for (const [nth, { rest, rows: until }] of steps.entries()) {
    const { call, session } = rest;
    const last = until.at(-1);
    const where = `${String(nth)}: ${last?.event ?? 'nothing'} in ${floorOf(call.value)}`;
    const found = unfinishedCallOf(until, { now: (until[0]?.at ?? 0) + 5000, outcomes: new Map() });
    const isEnding = call.status === 'done' || call.matches({ alive: { floor: 'ending' } });
    if (isEnding) expect(found, where).toEqual({ over: call.context.endReason ?? 'completed' });
    else {
      if (!('restored' in found)) throw new Error(`over: ${found.over}, ${where}`);
      const { history, elapsedMs, resumes, ...rest_ } = found.restored;
      const hasHeard = until.some(({ event }) => event === 'playback.started');
      expect(rest_, where).toEqual(knownTo(rest, hasHeard));
      expect({ elapsedMs, resumes }, where).toEqual({
        elapsedMs: 5000,
        resumes: lossesIn(steps.slice(0, nth + 1)),
      });
      expect(history.filter((one) => 'request' in one && one.output === undefined)).toEqual([]);
    }
    // The session hears of a thing before the call does: it may know what comes next.
    const known = session && asKept(session.history);
    if (known !== undefined) {
      const isFound = histories.slice(nth, nth + 8).some((history) => isDeepStrictEqual(history, known));
      if (!isFound) expect(histories[nth], where).toEqual(known);
    }
  }
  return steps.length;
}

describe.each(recordedVersions())('the rows of a call of %s', (version) => {
  test.each(recordedNames(version))(
    `wherever its process ends, the rows of ${version}/%s say what the chart and its session knew`,
    async (name) => {
      const chart = new WatchedChart();
      const { entries } = await replayWires(wiresOf(version, name), chart.inspect);
      expect(expectKnown(chart, entries)).toBeGreaterThan(5);
    },
    PATIENCE_MS,
  );
});

test.each([
  ['any call', anyScript],
  ['a call whose stream was lost', anyScriptWithLoss],
])(
  'wherever its process ends, the rows of %s say what its chart and its session knew',
  (_, script) =>
    holds(
      fc.asyncProperty(script, anyConditions, async (happens, conditions) => {
        const chart = new WatchedChart();
        const { room } = await scriptCall(happens, conditions, END_WITHIN_MS, chart.inspect);
        expect(expectKnown(chart, room.rows)).toBeGreaterThan(5);
      }),
      { runs: 40 },
    ),
  PATIENCE_MS,
);
