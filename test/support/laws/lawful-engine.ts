import type { Config } from '../../../src/config.ts';
import { type RunningEngine, startEngine } from '../../../src/server.ts';
import { unlawfulCalls } from './unlawful-calls.ts';

/** An engine whose `close` rejects when one of its calls has broken a law. */
export async function startLawfulEngine(config: Config): Promise<RunningEngine> {
  const engine = await startEngine(config);
  return {
    ...engine,
    close: async () => {
      const broken = await unlawfulCalls(engine.url, config.adminToken);
      await engine.close();
      if (broken.length > 0) throw new Error(broken.join('\n'));
    },
  };
}
