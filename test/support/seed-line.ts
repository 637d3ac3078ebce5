import type { Reporter } from 'vitest/node';
import { type Search, isNight, seed } from './night.ts';

/** The first line of a run: how far it looks, and what it takes to look there again. */
export const seedLine = (search: Search) =>
  `${search.isNight ? `by night: NIGHT=1 SEED=${String(search.seed)}` : `by day: SEED=${String(search.seed)}`}\n`;

/** Tells the seed before anything else is told of a run. */
export class SeedLine implements Reporter {
  onInit(): void {
    process.stdout.write(seedLine({ isNight, seed }));
  }
}
