import { useCallback } from 'react';
import { useEngineGone } from '../api/feed.ts';
import { callName } from '../parts/call-name.ts';
import { useTitle } from '../parts/use-title.ts';
import { NOTHING_SPOKEN } from '../timeline/spoken-lines.ts';
import { CallFoot } from './call-foot.tsx';
import type { ShownCall } from './call-log.ts';
import { useCallPlace } from './call-place.ts';
import { CallTop } from './call-top.tsx';
import { ChartPane } from './chart-pane.tsx';
import { CloserViews } from './closer-views.tsx';
import { useMomentAddress } from './moment-address.ts';
import { useStepKeys } from './step-keys.ts';
import { useTimeTravel } from './time-travel.ts';
import { TurnList } from './turn-list.tsx';
import './call-screen.css';

interface CallScreenProps {
  readonly shown: ShownCall;
  /** True when the call is from a file: the engine does not know it. */
  readonly isFile?: boolean;
}

/** Shows one call, live or ended: its chart, turns and log, all after the row that is looked at. */
export function CallScreen({ shown, isFile = false }: CallScreenProps) {
  const { call, rows, words, spoken, isRevealed } = shown;
  const travel = useTimeTravel(rows.length);
  const { count, isAtEdge, step, go } = travel;
  const isGone = useEngineGone();
  const place = useCallPlace(shown, travel, isGone);
  const { turns, standing, regions, transitions, timers, spans, at, startedAt, endAt, isLive } = place;

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
      <CallTop {...{ shown, place, isFile, isGone }} />
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
        <CloserViews {...{ shown, place, count }} onPlace={go} onSeq={goToSeq} />
      </div>
      <CallFoot
        callSid={isFile ? undefined : call.callSid}
        {...{ rows, spans, travel, startedAt, endAt, isLive }}
      />
    </div>
  );
}
