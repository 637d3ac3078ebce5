import { type Clock, systemClock } from './clock.ts';
import { type Config, publicUrlOf, secretsOf } from './config.ts';
import { openAnswering } from './engine/answering.ts';
import { lastActs } from './engine/last-acts.ts';
import { openLog } from './engine/log.ts';
import { openOutbox } from './engine/outbox.ts';
import { openPort } from './engine/port.ts';
import { Services } from './engine/service.ts';
import { openStorage, type StorageLimits } from './engine/storage.ts';
import { letHeapGrow } from './heap.ts';
import { yieldV8Threads } from './v8-threads.ts';
import { CallRegistry } from './services/calls/call-registry.ts';
import { Metrics } from './services/telemetry/metrics.ts';
import { TWILIO_PROOF } from './services/twilio/webhooks/twilio-routes.ts';
import type { Siblings } from './services/workers/siblings.port.ts';

/** A running engine. */
export interface RunningEngine {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Takes no new call, lets those in progress end within `DRAIN_MS`, and lets go of everything. */
  close(): Promise<void>;
  /**
   * For a process in which something was thrown that nobody catches, or whose journal is broken: saves what was
   * recorded, closes the streams and says why in one line, within 300 ms. False: a thread hangs, and the process has to be killed.
   */
  giveUp(thrown: unknown): Promise<boolean>;
  /** Resolves with the reason when the journal stores nothing any more, and never will: time to give up. */
  readonly broken: Promise<unknown>;
}

/**
 * Puts the engine together: each part on those that it needs. What two engines could both have is taken first.
 *
 * @throws {EngineError} `TOOL_FILE_INVALID`, `PROFILE_INVALID`, `STORAGE_UNAVAILABLE` or `SPEECH_UNAVAILABLE`, before it answers;
 *   `DATABASE_IN_USE`, or `CONFIG_INVALID` where it cannot listen, before anything that is kept is touched.
 * @param siblings - the other workers of the engine; without any this process is all of it.
 */
export async function startEngine(
  config: Config,
  clock: Clock = systemClock,
  siblings?: Siblings,
  limits: StorageLimits = {},
): Promise<RunningEngine> {
  letHeapGrow();
  yieldV8Threads();
  return new Services().build((services) => assemble(config, clock, services, siblings, limits));
}

async function assemble(
  config: Config,
  clock: Clock,
  services: Services,
  siblings: Siblings | undefined,
  limits: StorageLimits,
): Promise<RunningEngine> {
  const registry = new CallRegistry();
  const metrics = new Metrics(() => registry.size);
  const { log, allLines } = services.add(openLog(config, secretsOf(config), clock));
  const port = services.add(await openPort(config, clock, TWILIO_PROOF.signatureHeader));
  const publicUrl = publicUrlOf(config, port.port);
  const storage = services.add(await openStorage({ config, url: port.url, clock, log, metrics, limits }));
  const { journal } = storage;
  const { outbox, rest } = services.add(openOutbox({ config, publicUrl, journal, clock, log }));
  const exposition = () => metrics.exposition();
  const foundation = { config, publicUrl, port, storage, outbox, rest, exposition, siblings, clock, log };
  const { streams } = await openAnswering(services, { ...foundation, registry, metrics, awaited: undefined });
  services.start();
  return {
    url: port.url,
    close: async () => {
      await services.drain(config.drainMs);
      await services.stop();
    },
    giveUp: (thrown) =>
      lastActs({ journal, streams, stopListening: () => port.server.close(), log: allLines }, thrown),
    broken: journal.broken,
  };
}
