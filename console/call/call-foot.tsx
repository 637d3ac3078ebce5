import { useState } from 'react';
import { Button } from 'react-aria-components';
import { RecordingStrip } from '../recording/recording-strip.tsx';
import type { Row } from '../timeline/row.ts';
import type { LaneSpan } from '../timeline/spans.ts';
import { PlayButton } from './play-button.tsx';
import { Scrubber } from './scrubber.tsx';
import type { Travel } from './time-travel.ts';

interface CallFootProps {
  /** Undefined for a call from a file, which has no recording. */
  readonly callSid: string | undefined;
  readonly rows: readonly Row[];
  readonly spans: readonly LaneSpan[];
  readonly travel: Travel;
  readonly startedAt: number;
  readonly endAt: number;
  readonly isLive: boolean;
}

/** Shows the whole call along one time axis: its recording, who spoke when, and the row that is looked at. */
export function CallFoot({ callSid, rows, spans, travel, startedAt, endAt, isLive }: CallFootProps) {
  const { isAtEdge, toEdge } = travel;
  const [heardAt, setHeardAt] = useState<number>();
  return (
    <footer className="call-foot">
      {callSid !== undefined && (
        <RecordingStrip
          {...{ callSid, rows, spans, travel, startedAt, endAt, isLive }}
          onHeard={setHeardAt}
        />
      )}
      <div className="call-travel">
        <PlayButton rows={rows} travel={travel} isLive={isLive} />
        {isLive && (
          <Button
            className="button live-button"
            data-kind={isAtEdge ? 'plain' : 'primary'}
            isDisabled={isAtEdge}
            onPress={toEdge}
          >
            {isAtEdge ? 'Live' : 'Back to live'}
          </Button>
        )}
      </div>
      <Scrubber {...{ rows, spans, travel, startedAt, endAt, isLive, heardAt }} />
    </footer>
  );
}
