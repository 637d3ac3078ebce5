import type { Analytics } from '../../src/protocol/console-analytics.ts';
import type { ChartPicture } from '../../src/protocol/console-chart.ts';
import { countText } from '../parts/figures.ts';
import { plainStory } from '../parts/plain-story.ts';
import { edgeTraffic, type EdgeTraffic } from './traffic.ts';
import './region-list.css';

interface RegionListProps {
  readonly picture: ChartPicture;
  readonly analytics: Analytics;
}

/** Lists the regions beside the floor, which are not drawn: their states, and how often each transition was taken. */
export function RegionList({ picture, analytics }: RegionListProps) {
  if (picture.regions.length === 0) return null;
  const traffic = edgeTraffic(picture, analytics);
  const takenIn = (path: string) => traffic.filter(({ source }) => source === path);
  return (
    <section className="panel regions" aria-label="Regions beside the floor">
      <h2>Regions beside the floor</h2>
      {picture.regions.map(({ name, story, states }) => (
        <details key={name} className="region">
          <summary>
            <span className="mono">{name}</span> <span className="quiet">{plainStory(story)}</span>
          </summary>
          <Taken traffic={takenIn(name)} />
          <ul>
            {states.map(({ id, path, story: told }) => (
              <li key={id}>
                <h3 className="mono">{path}</h3>
                <p className="quiet">{plainStory(told)}</p>
                <Taken traffic={takenIn(path)} />
              </li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  );
}

function Taken({ traffic }: { readonly traffic: readonly EdgeTraffic[] }) {
  if (traffic.length === 0) return null;
  return (
    <ul className="region-takes">
      {traffic.map(({ edge: { id, label, guard, note }, target, count }) => (
        <li key={id}>
          <code>{label}</code>
          {guard !== null && <em> [{guard}]</em>}
          {target !== null && <> → {target}</>}
          {note !== null && <span className="quiet"> {note}</span>}
          <span className="quiet"> · {countText(count)} times</span>
        </li>
      ))}
    </ul>
  );
}
