import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { ChartPicture } from '../../src/protocol/console-chart.ts';
import { plainStory } from '../parts/plain-story.ts';
import type { RegionStanding } from '../timeline/regions.ts';
import './region-lanes.css';

/** States in which a region has nothing to do or to wait for; they are drawn pale. */
const AT_REST: ReadonlySet<string> = new Set([
  'none',
  'answered',
  'settled',
  'idle',
  'ready',
  'unplayed',
  'heard',
]);

interface RegionLanesProps {
  readonly chart: ChartPicture;
  readonly standing: readonly RegionStanding[];
}

/** Shows each region beside the floor with its state. Empty for rows of older engines, which do not tell them. */
export function RegionLanes({ chart, standing }: RegionLanesProps) {
  const [opened, setOpened] = useState<string>();
  if (standing.length === 0) return null;
  return (
    <ul className="region-lanes" aria-label="Regions beside the floor">
      {standing.map(({ name, path, isChanged }) => {
        const story = storyOf(chart, name, path);
        const isOpen = name === opened;
        return (
          <li
            key={name}
            data-region={name}
            data-rest={AT_REST.has(path) || undefined}
            data-changed={isChanged || undefined}
          >
            <Button
              className="region-lane"
              aria-expanded={isOpen}
              onPress={() => {
                setOpened(isOpen ? undefined : name);
              }}
            >
              <span className="region-name">{name}</span> <span className="region-state mono">{path}</span>
              {isChanged && <span className="visually-hidden">, changed by this row</span>}
            </Button>
            {isOpen && <p className="region-story">{story}</p>}
          </li>
        );
      })}
    </ul>
  );
}

/** The stories of the region and of its state, as text. */
function storyOf({ regions }: ChartPicture, name: string, path: string): string {
  const region = regions.find((each) => each.name === name);
  const state = region?.states.find((each) => each.path === `${name}.${path}`);
  return plainStory([region?.story, state?.story].filter(Boolean).join('\n'));
}
