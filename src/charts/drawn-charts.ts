import { readdirSync, readFileSync } from 'node:fs';
import type { ChartPicture } from '../protocol/console-chart.ts';

/** The charts as the console draws them, by their machine's id. */
export type Charts = ReadonlyMap<string, ChartPicture>;

/** Reads the charts that ship with the engine. They are laid out by `scripts/draw-statecharts.ts`. */
export function loadCharts(): Charts {
  const folder = new URL('../../assets/charts/', import.meta.url);
  return new Map(
    readdirSync(folder).map((name) => {
      // Written by our own script, and kept as new as the machines by a check.
      const picture = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as ChartPicture;
      return [picture.machineId, picture];
    }),
  );
}
