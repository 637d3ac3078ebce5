import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { ShownCall } from './call-log.ts';
import type { CallPlace } from './call-place.ts';
import { LatencyBars } from './latency-bars.tsx';
import { RowDetail } from './row-detail.tsx';
import { Sequence } from './sequence.tsx';

interface CloserViewsProps {
  readonly shown: ShownCall;
  readonly place: CallPlace;
  /** The number of rows up to the one that is looked at. */
  readonly count: number;
  readonly onPlace: (count: number) => void;
  readonly onSeq: (seq: number) => void;
}

/** Shows the log row by row, and in another tab how long the caller waited. */
export function CloserViews({ shown, place, count, onPlace, onSeq }: CloserViewsProps) {
  const { rows, isRevealed, reveal } = shown;
  const { spans, startedAt, row, transitions, waits } = place;
  return (
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
        <Sequence {...{ rows, spans, count, startedAt, isRevealed, onPlace }} />
        {row !== undefined && <RowDetail {...{ row, startedAt, transitions, isRevealed, reveal }} />}
      </TabPanel>
      <TabPanel id="latency" className="call-latency">
        <LatencyBars turns={waits.turns} greetingMs={waits.greetingMs} onPlace={onSeq} />
      </TabPanel>
    </Tabs>
  );
}
