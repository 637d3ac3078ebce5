import type { Config } from '../config.ts';
import { startModelThread } from '../simulator/model-thread.ts';

/**
 * The simulated model for all workers, where none is configured: a far end, which is still there when a worker is not.
 *
 * @throws {EngineError} as `openModel` does.
 */
export async function openSimulation({ model }: Pick<Config, 'model'>) {
  const simulated = model.isSimulated ? await startModelThread(model.scenario) : undefined;
  const service = { name: 'simulation', stop: async () => simulated?.close() };
  return { simulatedUrl: simulated?.url, service };
}
