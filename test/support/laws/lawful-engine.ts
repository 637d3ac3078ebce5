import { type Clock, systemClock } from '../../../src/clock.ts';
import type { Config } from '../../../src/config.ts';
import type { StorageLimits } from '../../../src/engine/storage.ts';
import { type RunningEngine, startEngine } from '../../../src/server.ts';
import { unlawfulCalls } from './unlawful-calls.ts';

/** An engine whose `close` rejects when one of its calls has broken a law. */
export async function startLawfulEngine(
  config: Config,
  clock: Clock = systemClock,
  limits: StorageLimits = {},
): Promise<RunningEngine> {
  const engine = await startEngine(config, clock, undefined, limits);
  return {
    ...engine,
    close: async () => {
      const broken = await unlawfulCalls(engine.url, config.adminToken);
      await engine.close();
      if (broken.length > 0) throw new Error(broken.join('\n'));
    },
  };
}
