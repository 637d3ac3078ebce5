import { readFileSync } from 'node:fs';
import { ChartPicture } from '../../src/protocol/console-chart.ts';

/** The call's chart as the engine serves it. */
export function chartPicture(): ChartPicture {
  return ChartPicture.parse(JSON.parse(readFileSync('assets/charts/call.json', 'utf8')));
}
