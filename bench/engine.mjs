/** The engine as it is built in a checkout, journal on, in a process of its own: with the bench's model, or the simulator that it brings. */
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { engineSettings } from './engine-settings.mjs';
import { reportOnDemand } from './target-report.mjs';

const [modelUrl, folder, checkout, simulator] = process.argv.slice(2);
const built = (file) => import(pathToFileURL(join(checkout, 'dist', file)).href);
const [{ readConfig }, { startEngine }] = await Promise.all([built('config.js'), built('server.js')]);
const settings = engineSettings(folder, simulator === undefined ? modelUrl : undefined);
const engine = await startEngine(readConfig({ ...settings, PORT: '0' }));
process.send({ type: 'ready', url: engine.url });
reportOnDemand();
