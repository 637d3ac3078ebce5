/** The engine as it is built, journal on, in a process of its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { readConfig } from '../dist/config.js';
import { startEngine } from '../dist/server.js';
import { reportOnDemand } from './target-report.mjs';

const [modelUrl, folder] = process.argv.slice(2);
const agents = join(folder, 'agents');
mkdirSync(agents);
writeFileSync(join(agents, 'default.json'), JSON.stringify({ id: 'default', business: { name: 'Bench' } }));

const engine = await startEngine(
  readConfig({
    PORT: '0',
    OPENAI_API_KEY: 'bench',
    OPENAI_REALTIME_URL: modelUrl,
    DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
    AGENTS_DIR: agents,
    MAX_CONCURRENT_CALLS: '1000',
    LOG_LEVEL: 'error',
  }),
);
process.send({ type: 'ready', url: engine.url });
reportOnDemand();
