/** The engine as it is built in a checkout, journal on, in a process of its own: with the bench's model, or the simulator that it brings. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { reportOnDemand } from './target-report.mjs';

const [modelUrl, folder, checkout, simulator] = process.argv.slice(2);
const built = (file) => import(pathToFileURL(join(checkout, 'dist', file)).href);
const [{ readConfig }, { startEngine }] = await Promise.all([built('config.js'), built('server.js')]);
const agents = join(folder, 'agents');
mkdirSync(agents);
writeFileSync(join(agents, 'default.json'), JSON.stringify({ id: 'default', business: { name: 'Bench' } }));

const engine = await startEngine(
  readConfig({
    PORT: '0',
    ...(simulator === undefined && { OPENAI_API_KEY: 'bench', OPENAI_REALTIME_URL: modelUrl }),
    DATABASE_URL: `file:${join(folder, 'calls.sqlite')}`,
    AGENTS_DIR: agents,
    MAX_CONCURRENT_CALLS: '2000',
    LOG_LEVEL: 'error',
  }),
);
process.send({ type: 'ready', url: engine.url });
reportOnDemand();
