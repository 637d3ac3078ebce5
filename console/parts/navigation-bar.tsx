import { Link, useRoute } from 'wouter';
import { FeedState } from './feed-state.tsx';
import { ThemeButton } from './theme-button.tsx';
import './navigation-bar.css';

/** Shows links to the console's pages, the state of the live feed, and the button for light or dark. */
export function NavigationBar() {
  return (
    <header className="bar">
      <Link href="/" className="bar-mark" aria-label="Callchart, calls">
        <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
          <rect width="16" height="16" rx="4" className="bar-mark-ground" />
          <g className="bar-mark-lines">
            <rect x="2.75" y="5.75" width="4" height="4.5" rx="1.25" />
            <path d="M6.75 8h2.5" />
          </g>
          <circle cx="11.25" cy="8" r="2.2" className="bar-mark-dot" />
        </svg>
        Callchart
      </Link>
      <nav aria-label="Pages" className="bar-pages">
        <PageLink href="/" also="/calls/:callSid">
          Calls
        </PageLink>
        <PageLink href="/chart">Chart</PageLink>
        <PageLink href="/agents" also="/agents/:id">
          Agents
        </PageLink>
        <PageLink href="/softphone">Softphone</PageLink>
        <PageLink href="/audit">Audit</PageLink>
      </nav>
      <div className="bar-end">
        <FeedState />
        <ThemeButton />
      </div>
    </header>
  );
}

interface PageLinkProps {
  readonly href: string;
  /** Another address at which this link is marked as current. */
  readonly also?: string;
  readonly children: string;
}

function PageLink({ href, also, children }: PageLinkProps) {
  const [isHere] = useRoute(href);
  const [isBelow] = useRoute(also ?? href);
  return (
    <Link href={href} className="bar-page" aria-current={isHere || isBelow ? 'page' : undefined}>
      {children}
    </Link>
  );
}
