import { useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { FullRow } from '../../src/protocol/console-calls.ts';
import { useCallChart } from '../analytics/analytics-api.ts';
import { feed } from '../api/feed.ts';
import { ask } from '../api/request.ts';
import { ChartView } from '../chart/chart-view.tsx';
import { NOTHING_SPOKEN, type SpokenLines, spokenOn } from '../timeline/spoken-lines.ts';
import { Conversation } from './conversation.tsx';
import { movedOn, NOWHERE, type Whereabouts } from './whereabouts.ts';

/** Shows the call of the softphone, as the engine sees it: its state on the chart, and what is said. */
export function LiveCallPanel({ callSid }: { readonly callSid: string }) {
  const { whereabouts, spoken } = useCallNow(callSid);
  return (
    <div className="live-call">
      <LiveChart whereabouts={whereabouts} />
      <div className="live-words">
        <header className="live-call-head">
          <h2>What is said</h2>
          <Link href={`/calls/${encodeURIComponent(callSid)}`} target="_blank" rel="noreferrer">
            Open the call in a new tab
          </Link>
        </header>
        <Conversation callSid={callSid} revision={whereabouts.seq} spoken={spoken} />
      </div>
    </div>
  );
}

function LiveChart({ whereabouts }: { readonly whereabouts: Whereabouts }) {
  const { data: picture } = useCallChart();
  const { active, taken, step, way } = whereabouts;
  const path = active.at(-1);
  const story = picture?.nodes.find((node) => node.path === path)?.story ?? '';
  const notes = useMemo(() => notesOf(picture?.overview.nodes ?? [], path), [picture, path]);
  return (
    <div className="live-chart">
      <p className="live-state">
        {path === undefined ? '' : <code>{path}</code>} {sentenceOf(story)}
      </p>
      {picture !== undefined && (
        <ChartView
          drawing={picture.overview}
          label="The chart of this call"
          active={active}
          taken={taken}
          step={step}
          way={way}
          notes={notes}
        />
      )}
    </div>
  );
}

/** The inner state of the call, by the path of the box that it is in, where the drawing has no box for it. */
function notesOf(nodes: readonly { readonly path: string }[], path = ''): ReadonlyMap<string, string> {
  const around = nodes.filter((node) => path.startsWith(`${node.path}.`));
  const box = around.sort((a, b) => b.path.length - a.path.length)[0];
  if (box === undefined || nodes.some((node) => node.path === path)) return new Map();
  return new Map([[box.path, path.slice(box.path.length + 1)]]);
}

/** The first sentence of a state's story. */
const sentenceOf = (story: string): string => /^[^.]*\./.exec(story)?.[0] ?? story;

interface CallNow {
  readonly whereabouts: Whereabouts;
  readonly spoken: SpokenLines;
}

/** Follows a call on the live feed; loads it again when rows are missing. */
function useCallNow(callSid: string): CallNow {
  const [spoken, setSpoken] = useState(NOTHING_SPOKEN);
  const [whereabouts, setWhereabouts] = useState(NOWHERE);
  const seq = useRef(0);
  useEffect(() => {
    let isCurrent = true;
    const take = (before: (now: Whereabouts) => Whereabouts, rows: readonly FullRow[]) => {
      seq.current = rows.at(-1)?.seq ?? seq.current;
      setWhereabouts((now) => movedOn(before(now), rows));
    };
    const stop = feed.watchCall(callSid, {
      since: () => seq.current,
      onRows: (rows) => {
        take((now) => now, rows);
      },
      onWords: (lines) => {
        setSpoken((before) => spokenOn(before, lines));
      },
      onResync: () => {
        ask<FullRow[]>(`/api/calls/${encodeURIComponent(callSid)}/events?bodies=redacted`).then(
          (rows) => {
            if (isCurrent) take(() => NOWHERE, rows);
          },
          () => undefined, // The feed goes on; what is missing is missing from the drawing only.
        );
      },
    });
    return () => {
      isCurrent = false;
      stop();
    };
  }, [callSid]);
  return { whereabouts, spoken };
}
