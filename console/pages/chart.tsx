import { useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { useAgents } from '../agents/agents-api.ts';
import { useAnalytics, useCallChart } from '../analytics/analytics-api.ts';
import { EdgeCalls } from '../analytics/edge-calls.tsx';
import { Numbers } from '../analytics/numbers.tsx';
import { type Period, periodOf, periodTrouble, queryOf } from '../analytics/period.ts';
import { PeriodBar } from '../analytics/period-bar.tsx';
import { RegionList } from '../analytics/region-list.tsx';
import { Totals } from '../analytics/totals.tsx';
import { edgeTraffic } from '../analytics/traffic.ts';
import { TrafficMap } from '../analytics/traffic-map.tsx';
import { TransitionList } from '../analytics/transition-list.tsx';
import { useTitle } from '../parts/use-title.ts';
import { Failure, Loading } from '../parts/notice.tsx';
import '../analytics/analytics.css';

/** The name of the chosen transition in the address. */
const CHOSEN = 'transition';

/** Shows the chart over all calls: how often each transition was taken, how long calls stayed, and other numbers. */
export function ChartPage() {
  useTitle('All calls');
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const period = periodOf(search);
  const chosen = search.get(CHOSEN) ?? undefined;
  const agents = useAgents();

  const show = (next: Period, transition: string | undefined) => {
    const query = new URLSearchParams({
      ...queryOf(next),
      ...(transition !== undefined && { [CHOSEN]: transition }),
    }).toString();
    navigate(query === '' ? '/chart' : `/chart?${query}`, { replace: true });
  };

  return (
    <div className="analytics">
      <header className="analytics-head">
        <h1>All calls</h1>
        <PeriodBar
          period={period}
          agents={(agents.data ?? []).map(({ id, business }) => ({ id, name: business.name }))}
          onChange={(next) => {
            show(next, chosen);
          }}
        />
      </header>
      {periodTrouble(period) === undefined && (
        <Findings
          period={period}
          chosen={chosen}
          onChoose={(transition) => {
            show(period, transition);
          }}
        />
      )}
    </div>
  );
}

interface FindingsProps {
  readonly period: Period;
  readonly chosen: string | undefined;
  readonly onChoose: (transition: string | undefined) => void;
}

function Findings({ period, chosen, onChoose }: FindingsProps) {
  /** The ids of the transitions of the chosen line of the map. */
  const [only, setOnly] = useState<readonly string[]>();
  const analytics = useAnalytics(period);
  const chart = useCallChart();
  const error = analytics.error ?? chart.error;
  if (error !== null) {
    return (
      <Failure
        error={error}
        what="The numbers"
        onRetry={() => {
          void analytics.refetch();
          void chart.refetch();
        }}
      />
    );
  }
  if (analytics.data === undefined || chart.data === undefined) return <Loading what="the numbers" />;
  const traffic = edgeTraffic(chart.data, analytics.data);
  const chosenEdge = traffic.find(({ edge }) => edge.id === chosen);

  return (
    <div className="findings" aria-busy={analytics.isPlaceholderData}>
      <Totals analytics={analytics.data} />
      <div className="map panel">
        <TrafficMap
          picture={chart.data}
          analytics={analytics.data}
          chosen={chosen}
          onChoose={(edges) => {
            const [first, ...others] = traffic.filter(
              ({ edge, count }) => count > 0 && edges.includes(edge.id),
            );
            onChoose(others.length === 0 ? first?.edge.id : undefined);
            setOnly(edges);
          }}
        />
        <div className="map-side">
          {chosenEdge === undefined ? (
            <TransitionList
              traffic={traffic}
              only={only}
              chosen={chosen}
              onChoose={onChoose}
              onShowAll={() => {
                setOnly(undefined);
              }}
            />
          ) : (
            <EdgeCalls
              key={chosenEdge.edge.id}
              traffic={chosenEdge}
              period={period}
              onClose={() => {
                onChoose(undefined);
                setOnly(undefined);
              }}
            />
          )}
        </div>
      </div>
      <RegionList picture={chart.data} analytics={analytics.data} />
      <Numbers analytics={analytics.data} period={period} />
    </div>
  );
}
