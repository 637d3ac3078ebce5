import { useQuery } from '@tanstack/react-query';
import { memo, useEffect, useMemo } from 'react';
import { Button } from 'react-aria-components';
import type { RecordingPeaks } from '../../src/protocol/console-recording.ts';
import { ask } from '../api/request.ts';
import type { Travel } from '../call/time-travel.ts';
import { clockText, placeText } from '../parts/figures.ts';
import type { Row } from '../timeline/row.ts';
import { shareOf } from '../timeline/share.ts';
import type { LaneSpan } from '../timeline/spans.ts';
import { LaneBands } from './lane-bands.tsx';
import { usePlayback } from './use-playback.ts';
import { levelsOf, waveOf } from './waveform.ts';
import './recording-strip.css';

/** How often the recording of a live call is loaded again, in ms: it grows by 2 s at a time. */
const GROWS_MS = 4000;
const STEP_MS = 1000;

interface StripProps {
  readonly callSid: string;
  readonly rows: readonly Row[];
  readonly travel: Travel;
  readonly startedAt: number;
  readonly endAt: number;
  readonly isLive: boolean;
  readonly spans: readonly LaneSpan[];
  /** Called with the moment that is playing, in ms since the Unix epoch; undefined when the place is a row of the log. */
  readonly onHeard: (at: number | undefined) => void;
}

/** Draws and plays the recording of a call, on the time axis of the lanes. Hidden for a call that was not recorded. */
export function RecordingStrip(props: StripProps) {
  const { callSid, rows, isLive } = props;
  const beganAt = useMemo(() => rows.find(({ event }) => event === 'recording.began')?.at, [rows]);
  const path = `/api/calls/${encodeURIComponent(callSid)}/recording`;
  const { data, isError } = useQuery({
    queryKey: ['call', callSid, 'recording'],
    queryFn: ({ signal }) => ask<RecordingPeaks>(`${path}/peaks`, { signal }),
    enabled: beganAt !== undefined,
    refetchInterval: isLive && GROWS_MS,
    retry: isLive,
  });
  if (beganAt === undefined) return null;
  if (isError && !isLive) return <p className="recording-gone quiet">The recording is not kept any more.</p>;
  if (data === undefined || data.durationMs === 0) return null;
  return <Strip {...props} path={path} beganAt={beganAt} peaks={data} />;
}

interface KnownStripProps extends StripProps {
  readonly path: string;
  readonly beganAt: number;
  readonly peaks: RecordingPeaks;
}

function Strip(props: KnownStripProps) {
  const { rows, travel, startedAt, endAt, spans, onHeard, path, beganAt, peaks } = props;
  const { durationMs } = peaks;
  const { isPlaying, placeMs, heardMs, toggle, seek } = usePlayback({
    path,
    rows,
    travel,
    beganAt,
    durationMs,
  });
  const length = Math.max(1, endAt - startedAt);
  const share = (ms: number) => shareOf(ms, length);
  const heardAt = heardMs === undefined ? undefined : beganAt + heardMs;
  useEffect(() => {
    onHeard(heardAt);
  }, [onHeard, heardAt]);
  return (
    <div className="recording-strip" role="group" aria-label="Recording">
      <Button
        className="button recording-button"
        aria-label={isPlaying ? 'Pause the recording' : 'Listen to the recording'}
        onPress={toggle}
      >
        {isPlaying ? 'Pause' : 'Listen'}
      </Button>
      <div className="recording-line">
        <div
          className="recording-place"
          style={{ left: share(beganAt - startedAt), width: share(durationMs) }}
        >
          <Waves peaks={peaks} />
          <input
            className="recording-input"
            type="range"
            min={0}
            max={durationMs}
            step={STEP_MS}
            value={placeMs}
            aria-label="Place in the recording"
            aria-valuetext={`${placeText(placeMs)} of ${clockText(durationMs)}`}
            onChange={({ currentTarget: { valueAsNumber } }) => {
              seek(valueAsNumber);
            }}
            onKeyDown={(event) => {
              if (event.key !== ' ') return;
              event.preventDefault();
              toggle();
            }}
          />
        </div>
        <LaneBands {...{ spans, startedAt, endAt }} />
      </div>
    </div>
  );
}

/** Draws both voices. Memoised: an hour has tens of thousands of levels, and moving the place changes none. */
const Waves = memo(function Waves({ peaks }: { readonly peaks: RecordingPeaks }) {
  const waves = useMemo(
    () => [waveOf(levelsOf(peaks.caller)), waveOf(levelsOf(peaks.agent))] as const,
    [peaks.caller, peaks.agent],
  );
  return (
    <>
      {(['caller', 'agent'] as const).map((side, index) => (
        <svg
          key={side}
          className="recording-wave"
          data-side={side}
          viewBox="0 -1 1 2"
          preserveAspectRatio="none"
          role="img"
          aria-label={side === 'caller' ? 'The caller’s voice' : 'The agent’s voice'}
        >
          <path d={waves[index]} />
        </svg>
      ))}
    </>
  );
});
