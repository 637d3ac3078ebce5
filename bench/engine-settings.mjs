import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The environment of an engine of the bench, which keeps everything in a folder.
 *
 * @param modelUrl - undefined: the simulator that it brings is its model.
 */
export function engineSettings(folder, modelUrl) {
  const agents = join(folder, 'agents');
  mkdirSync(agents);
  writeFileSync(join(agents, 'default.json'), JSON.stringify({ id: 'default', business: { name: 'Bench' } }));
  return {
    ...(modelUrl !== undefined && { OPENAI_API_KEY: 'bench', OPENAI_REALTIME_URL: modelUrl }),
    DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
    AGENTS_DIR: agents,
    MAX_CONCURRENT_CALLS: '2000',
    LOG_LEVEL: 'error',
  };
}
