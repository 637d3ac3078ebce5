import { type Clock, systemClock } from '../clock.ts';
import { type Config, publicUrlOf } from '../config.ts';
import { EngineError } from '../errors.ts';
import { ownerOf } from '../services/storage/sqlite/database-owner.ts';
import { engineAt, reachableUrl } from './own-engine.ts';

/** An engine that takes calls. */
export interface Engine {
  readonly url: string;
  /** What the carrier knows it by: signatures are made over this. */
  readonly publicUrl: string;
  /** Undefined as well for an address that is not the engine's own. */
  readonly adminToken: string | undefined;
  /** True when it was started for this call, and ends with it. */
  readonly isStarted: boolean;
  close(): Promise<void>;
}

/** Loopback answers in milliseconds; a port where something hangs is not ours. */
const ANSWER_WITHIN_MS = 1500;

/** An engine that begins listens before it answers. */
const TRIES = 20;
const BETWEEN_TRIES_MS = 500;

/**
 * Finds the engine to call: the one named, else the one that has the database
 * of the settings, wherever it listens, else the one that listens at `HOST` and
 * `PORT`, else one started here on a free port.
 *
 * @throws {EngineError} `UNAVAILABLE` when the one named, or the one that has the database, does not answer.
 */
export async function findEngine(
  url: string | undefined,
  config: Config,
  clock: Clock = systemClock,
): Promise<Engine> {
  if (url !== undefined) {
    if (await isAlive(url)) return running(url, config, engineAt(url, config).adminToken);
    throw new EngineError('UNAVAILABLE', `nothing answers at ${url}/healthz`);
  }
  for (let tries = 1; ; tries++) {
    const owner = await ownerOf(config.databaseFile);
    const found = owner === undefined || owner === 'unknown' ? undefined : nearUrl(owner.url);
    const place = found ?? engineAt(undefined, config).url;
    // What is written beside the database is the engine's own: it is this one's, whatever its port.
    if (await isAlive(place)) return running(place, config, config.adminToken);
    if (owner === undefined) return startHere(config);
    if (tries === TRIES) throw silent(config.databaseFile, found);
    await new Promise<void>((resolve) => clock.setTimeout(resolve, BETWEEN_TRIES_MS));
  }
}

const running = (url: string, config: Config, adminToken: string | undefined): Engine => ({
  url,
  publicUrl: publicUrlOf(config, Number(new URL(url).port || '80')),
  adminToken,
  isStarted: false,
  close: () => Promise.resolve(),
});

function nearUrl(url: string): string {
  const { hostname, port } = new URL(url);
  return reachableUrl(hostname, Number(port || '80'));
}

const silent = (file: string, url: string | undefined) =>
  new EngineError(
    'UNAVAILABLE',
    `an engine has ${file} and ${url === undefined ? 'does not say where it listens' : `does not answer at ${url}`}; ` +
      'give its address with --url, or set another DATABASE_URL',
  );

async function isAlive(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/healthz`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

/** The call's own report is what the user reads: of the engine's log, only what went wrong. */
async function startHere(config: Config): Promise<Engine> {
  const { startEngine } = await import('../server.ts');
  const engine = await startEngine({
    ...config,
    host: '127.0.0.1',
    port: 0,
    publicUrl: undefined,
    logLevel: 'error',
  });
  const publicUrl = publicUrlOf({ publicUrl: undefined }, Number(new URL(engine.url).port));
  const { url } = engine;
  return { url, publicUrl, adminToken: config.adminToken, isStarted: true, close: () => engine.close() };
}
