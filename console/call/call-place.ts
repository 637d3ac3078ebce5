import { useMemo } from 'react';
import { TurnTimesFold } from '../../src/protocol/turn-times.ts';
import { useNow } from '../parts/use-now.ts';
import { regionsAfter } from '../timeline/regions.ts';
import type { Row } from '../timeline/row.ts';
import { spansOf } from '../timeline/spans.ts';
import { runningTimers, standingAfter, transitionsOf } from '../timeline/standing.ts';
import { turnsOf } from '../timeline/turns.ts';
import type { ShownCall } from './call-log.ts';
import type { Travel } from './time-travel.ts';

/** How often the time of a live call is told, in ms: times are shown to 0.1 s. */
const TICK_MS = 100;

export type CallPlace = ReturnType<typeof useCallPlace>;

/** Everything that is known of a call after one row of its log: states, timers, turns and waits. */
export function useCallPlace(shown: ShownCall, travel: Travel, isGone: boolean) {
  const { call, rows, chart } = shown;
  const { count } = travel;
  const times = usePlaceTimes(shown, travel, isGone);
  const { startedAt } = times;

  const transitions = useMemo(() => transitionsOf(chart), [chart]);
  const standing = useMemo(() => standingAfter(rows, count, transitions), [rows, count, transitions]);
  const regions = useMemo(() => regionsAfter(rows, count), [rows, count]);
  const spans = useMemo(() => spansOf(rows, call.isAwaited), [rows, call.isAwaited]);
  const timers = useMemo(
    () =>
      // No process has them run.
      times.isAwaited
        ? []
        : runningTimers(
            standing,
            startedAt,
            transitions.values(),
            { ...chart.delays, ...call.delays },
            regions,
          ),
    [times.isAwaited, standing, startedAt, transitions, chart.delays, call.delays, regions],
  );
  const soFar = useSoFar(rows, count, times.isAwaited);
  const switches = useSwitches(rows);
  return { ...times, transitions, standing, regions, spans, timers, ...soFar, ...switches };
}

/** Times in ms since the Unix epoch. At the end of the log of a live call, the time is the present. */
function usePlaceTimes({ call, rows }: ShownCall, { count, isAtEdge }: Travel, isGone: boolean) {
  const last = rows.at(-1);
  const isLive = (call.isLive || call.isAwaited) && last?.path !== 'ended';
  const isAwaited = isLive && call.isAwaited && isAtEdge;
  const present = useNow(TICK_MS, isLive && !isGone);

  const startedAt = rows[0]?.at ?? Date.parse(call.startedAt);
  const endAt = isLive ? Math.max(present, last?.at ?? 0) : (last?.at ?? startedAt);
  const row = rows[count - 1];
  const at = isAtEdge && isLive ? endAt : (row?.at ?? startedAt);
  return { isLive, isAwaited, startedAt, endAt, row, at };
}

function useSoFar(rows: readonly Row[], count: number, isAwaited: boolean) {
  const sofar = useMemo(() => rows.slice(0, count), [rows, count]);
  const turns = useMemo(() => turnsOf(sofar, isAwaited), [sofar, isAwaited]);
  const waits = useMemo(() => {
    const fold = new TurnTimesFold();
    for (const each of sofar) fold.take(each);
    return fold;
  }, [sofar]);
  return { turns, waits };
}

/** Whether the call is muted and its recording paused, at the end of the log, whichever row is looked at. */
function useSwitches(rows: readonly Row[]) {
  const isMuted = useMemo(
    () => rows.findLast((each) => each.event === 'mute.requested')?.body.muted === true,
    [rows],
  );
  const isRecordingPaused = useMemo(
    () =>
      rows.findLast(({ event }) => event === 'recording.paused' || event === 'recording.resumed')?.event ===
      'recording.paused',
    [rows],
  );
  return { isMuted, isRecordingPaused };
}
