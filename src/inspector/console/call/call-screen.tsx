import { useCallback, useEffect, useMemo } from 'react';
import { Button, Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { TurnTimesFold } from '../../../protocol/turn-times.ts';
import { useEngineGone } from '../api/feed.ts';
import { callName } from '../parts/call-name.ts';
import { FailureBanner } from '../parts/failing.tsx';
import { howItFailed } from '../parts/how-it-failed.ts';
import { useNow } from '../parts/use-now.ts';
import { useTitle } from '../parts/use-title.ts';
import { NOTHING_SPOKEN } from '../timeline/spoken-lines.ts';
import { regionsAfter } from '../timeline/regions.ts';
import { spansOf } from '../timeline/spans.ts';
import { runningTimers, standingAfter, transitionsOf } from '../timeline/standing.ts';
import { turnsOf } from '../timeline/turns.ts';
import { CallFoot } from './call-foot.tsx';
import { CallHead } from './call-head.tsx';
import type { ShownCall } from './call-log.ts';
import { ChartPane } from './chart-pane.tsx';
import { Commands } from './commands.tsx';
import { EraseCaller } from './erase-caller.tsx';
import { ExportMenu } from './export-menu.tsx';
import { LatencyBars } from './latency-bars.tsx';
import { RowDetail } from './row-detail.tsx';
import { Sequence } from './sequence.tsx';
import { useTimeTravel } from './time-travel.ts';
import { useMomentAddress } from './moment-address.ts';
import { TurnList } from './turn-list.tsx';
import './call-screen.css';

/** Often enough for tenths of a second. */
const TICK_MS = 100;

interface CallScreenProps {
  readonly shown: ShownCall;
  /** The call is in a file: the engine knows nothing of it. */
  readonly isFile?: boolean;
}

/** One call, live or ended: chart, turns and sequence at one place of its log. */
export function CallScreen({ shown, isFile = false }: CallScreenProps) {
  const { call, rows, words, spoken, chart, isRevealed, reveal, hide } = shown;
  // One button for both, so that whoever presses it by the keyboard stays on it.
  const toggleWords = isRevealed ? hide : reveal;
  const travel = useTimeTravel(rows.length);
  const { count, isAtEdge, step, go } = travel;
  const last = rows.at(-1);
  const isLive = call.isLive && last?.path !== 'ended';
  const isGone = useEngineGone();
  const present = useNow(TICK_MS, isLive && !isGone);

  const startedAt = rows[0]?.at ?? Date.parse(call.startedAt);
  const endAt = isLive ? Math.max(present, last?.at ?? 0) : (last?.at ?? startedAt);
  const row = rows[count - 1];
  const at = isAtEdge && isLive ? endAt : (row?.at ?? startedAt);

  const transitions = useMemo(() => transitionsOf(chart), [chart]);
  const sofar = useMemo(() => rows.slice(0, count), [rows, count]);
  const standing = useMemo(() => standingAfter(rows, count, transitions), [rows, count, transitions]);
  const regions = useMemo(() => regionsAfter(rows, count), [rows, count]);
  const turns = useMemo(() => turnsOf(sofar), [sofar]);
  const spans = useMemo(() => spansOf(rows), [rows]);
  const waits = useMemo(() => {
    const fold = new TurnTimesFold();
    for (const each of sofar) fold.take(each);
    return fold;
  }, [sofar]);
  const timers = useMemo(
    () =>
      runningTimers(standing, startedAt, transitions.values(), { ...chart.delays, ...call.delays }, regions),
    [standing, startedAt, transitions, chart.delays, call.delays, regions],
  );
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

  useTitle(callName(call));
  useMomentAddress(rows, travel, startedAt);
  useStepKeys(step);
  const goToSeq = useCallback(
    (seq: number) => {
      go(rows.findIndex((candidate) => candidate.seq === seq) + 1);
    },
    [rows, go],
  );

  return (
    <div className="call-screen">
      <div>
        <CallHead call={call} path={row?.path ?? ''} endAt={endAt} isLive={isLive}>
          {isLive && (
            <Commands
              callSid={call.callSid}
              commands={call.commands}
              {...{ isMuted, isRecordingPaused, isGone }}
            />
          )}
          {toggleWords !== undefined && (
            <Button
              className="button"
              data-kind="plain"
              aria-label={isRevealed ? 'Hide words and numbers' : 'Show words and numbers'}
              onPress={toggleWords}
            >
              {isRevealed ? 'Hide words' : 'Show words'}
            </Button>
          )}
          {!isFile && <ExportMenu callSid={call.callSid} isGone={isGone} />}
          {!isFile && !isLive && <EraseCaller call={call} isGone={isGone} />}
        </CallHead>
        {call.failure !== null && <FailureBanner what={howItFailed(call)} failure={call.failure} />}
      </div>

      <div className="call-parts">
        <section className="call-part" aria-label="Turns">
          <header className="part-head">
            <h2>Turns</h2>
          </header>
          <TurnList
            {...{ turns, startedAt, words, isRevealed }}
            spoken={isAtEdge ? spoken : NOTHING_SPOKEN}
            onPlace={goToSeq}
          />
        </section>
        <ChartPane
          {...{ shown, standing, regions, transitions, timers, at, startedAt }}
          step={count}
          onPlace={go}
        />
        <Tabs className="call-part call-tabs">
          <TabList className="tabs" aria-label="Closer views">
            <Tab id="sequence" className="tab">
              Sequence
            </Tab>
            <Tab id="latency" className="tab">
              Latency
            </Tab>
          </TabList>
          <TabPanel id="sequence" className="call-sequence">
            <Sequence {...{ rows, spans, count, startedAt, isRevealed }} onPlace={go} />
            {row !== undefined && <RowDetail {...{ row, startedAt, transitions, isRevealed, reveal }} />}
          </TabPanel>
          <TabPanel id="latency" className="call-latency">
            <LatencyBars turns={waits.turns} greetingMs={waits.greetingMs} onPlace={goToSeq} />
          </TabPanel>
        </Tabs>
      </div>

      <CallFoot
        callSid={isFile ? undefined : call.callSid}
        {...{ rows, spans, travel, startedAt, endAt, isLive }}
      />
    </div>
  );
}

/** ← and → step through the log from anywhere on the page where they have no other meaning. */
function useStepKeys(step: (by: number) => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
      const { target } = event;
      if (
        target instanceof Element &&
        target.closest('input, textarea, select, [role="dialog"], [role="tablist"]') !== null
      )
        return;
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      event.preventDefault();
      step((event.key === 'ArrowLeft' ? -1 : 1) * (event.shiftKey ? 10 : 1));
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
    };
  }, [step]);
}
