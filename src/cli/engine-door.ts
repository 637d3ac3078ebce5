import { type Config, publicUrlOf } from '../config.ts';
import { EngineError } from '../errors.ts';

/** An engine that takes calls. */
export interface Engine {
  readonly url: string;
  /** What the carrier knows it by: signatures are made over this. */
  readonly publicUrl: string;
  /** True when it was started for this call, and ends with it. */
  readonly isStarted: boolean;
  close(): Promise<void>;
}

/** Loopback answers in milliseconds; a port where something hangs is not ours. */
const ANSWER_WITHIN_MS = 1500;

/**
 * Finds the engine to call: the one named, else the one that runs on the
 * configured port of this machine, else one started here on a free port.
 *
 * @throws {EngineError} `UNAVAILABLE` when the one named does not answer.
 */
export async function findEngine(url: string | undefined, config: Config): Promise<Engine> {
  const running = url ?? `http://127.0.0.1:${String(config.port)}`;
  if (await isAlive(running)) {
    const port = Number(new URL(running).port || '80');
    return {
      url: running,
      publicUrl: publicUrlOf(config, port),
      isStarted: false,
      close: () => Promise.resolve(),
    };
  }
  if (url !== undefined) throw new EngineError('UNAVAILABLE', `nothing answers at ${url}/healthz`);
  return startHere(config);
}

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
    workers: 1,
    logLevel: 'error',
  });
  const publicUrl = publicUrlOf({ publicUrl: undefined }, Number(new URL(engine.url).port));
  return { url: engine.url, publicUrl, isStarted: true, close: () => engine.close() };
}
