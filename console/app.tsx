import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { ApiError } from './api/request.ts';
import { useEngineGone, usePresence } from './api/feed.ts';
import { useAccess } from './api/token.ts';
import { Boundary } from './parts/boundary.tsx';
import { EngineGone } from './parts/engine-gone.tsx';
import { FileDrop } from './parts/file-drop.tsx';
import { NavigationBar } from './parts/navigation-bar.tsx';
import { Loading, Notice } from './parts/notice.tsx';
import { NotReady } from './parts/not-ready.tsx';
import { TokenEntry } from './parts/token-entry.tsx';
import './app.css';

const CallsPage = lazy(async () => ({ default: (await import('./pages/calls.tsx')).CallsPage }));
const CallPage = lazy(async () => ({ default: (await import('./pages/call.tsx')).CallPage }));
const FilePage = lazy(async () => ({ default: (await import('./pages/file.tsx')).FilePage }));
const ChartPage = lazy(async () => ({ default: (await import('./pages/chart.tsx')).ChartPage }));
const AgentsPage = lazy(async () => ({ default: (await import('./pages/agents.tsx')).AgentsPage }));
const SoftphonePage = lazy(async () => ({ default: (await import('./pages/softphone.tsx')).SoftphonePage }));
const AuditPage = lazy(async () => ({ default: (await import('./pages/audit.tsx')).AuditPage }));

/** Asks again, twice at most, only when no answer came: what the engine refused, it would refuse again. */
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.status === 0,
      staleTime: 5_000,
      refetchOnWindowFocus: false,
    },
  },
});

/** The console: a bar, and the page that the address names. Pages load when they are first opened. */
export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Frame />
    </QueryClientProvider>
  );
}

function Frame() {
  const { isRefused } = useAccess();
  const [location] = useLocation();

  const isGone = useEngineGone();
  usePresence();

  // After a new token, or when the engine is back, what is shown may be old: it is asked for anew.
  useEffect(() => {
    if (!isRefused && !isGone) void queries.invalidateQueries();
  }, [isRefused, isGone]);

  return (
    <div className="app">
      <a className="skip-link" href="#page">
        Skip to content
      </a>
      <div className="app-head">
        <NavigationBar />
        {location !== '/file' && (isGone ? <EngineGone /> : <NotReady />)}
      </div>
      <FileDrop />
      <main id="page" className="page" tabIndex={-1}>
        {isRefused ? (
          <TokenEntry />
        ) : (
          <Boundary at={location}>
            <Suspense fallback={<Loading what="the page" />}>
              <Pages />
            </Suspense>
          </Boundary>
        )}
      </main>
    </div>
  );
}

function Pages() {
  return (
    <Switch>
      <Route path="/" component={CallsPage} />
      <Route path="/calls/:callSid">
        {({ callSid }: { callSid: string }) => <CallPage key={callSid} callSid={callSid} />}
      </Route>
      <Route path="/file" component={FilePage} />
      <Route path="/chart" component={ChartPage} />
      <Route path="/agents/:id?" component={AgentsPage} />
      <Route path="/softphone" component={SoftphonePage} />
      <Route path="/audit" component={AuditPage} />
      <Route>
        <Notice title="There is no such page">
          Calls, the chart, agents, the softphone and the audit trail are in the bar above.
        </Notice>
      </Route>
    </Switch>
  );
}
