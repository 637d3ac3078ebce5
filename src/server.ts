import { systemClock as clock } from './clock.ts';
import { type Config, publicUrlOf, secretsOf } from './config.ts';
import { openAgents } from './engine/agents.ts';
import { openCalls } from './engine/calls.ts';
import { lastActs } from './engine/last-acts.ts';
import { openLog } from './engine/log.ts';
import { openModel } from './engine/model.ts';
import { openOutbox } from './engine/outbox.ts';
import { openPort } from './engine/port.ts';
import { Services } from './engine/service.ts';
import { openStorage } from './engine/storage.ts';
import { openWeb } from './engine/web.ts';
import { letHeapGrow } from './heap.ts';
import { CallRegistry } from './services/calls/call-registry.ts';
import { Metrics } from './services/telemetry/metrics.ts';
import { TWILIO_PROOF } from './services/twilio/webhooks/twilio-routes.ts';

/** A running engine. */
export interface RunningEngine {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Takes no new call, lets those in progress end within `DRAIN_MS`, and lets go of everything. */
  close(): Promise<void>;
  /**
   * For a process in which something was thrown that nobody catches: saves what was recorded, closes the streams and
   * says why in one line, within 300 ms. False: a thread hangs, and the process has to be killed.
   */
  giveUp(thrown: unknown): Promise<boolean>;
}

/**
 * Puts the engine together: each part on those that it needs. What two engines could both have is taken first.
 *
 * @throws {EngineError} `TOOL_FILE_INVALID`, `PROFILE_INVALID`, `STORAGE_UNAVAILABLE` or `SPEECH_UNAVAILABLE`, before it answers;
 *   `DATABASE_IN_USE`, or `CONFIG_INVALID` where it cannot listen, before anything that is kept is touched.
 */
export async function startEngine(config: Config): Promise<RunningEngine> {
  letHeapGrow();
  const services = new Services();
  try {
    return await assemble(config, services);
  } catch (thrown) {
    // What half an engine holds open would keep the process from ending.
    await services.stop();
    throw thrown;
  }
}

async function assemble(config: Config, services: Services): Promise<RunningEngine> {
  const registry = new CallRegistry();
  const metrics = new Metrics(() => registry.size);
  const { log, allLines } = services.add(openLog(config, secretsOf(config), clock));
  const port = services.add(await openPort(config, clock, TWILIO_PROOF.signatureHeader));
  const publicUrl = publicUrlOf(config, port.port);
  const storage = services.add(await openStorage({ config, url: port.url, clock, log }));
  const { journal, trail, clips } = storage;
  const { outbox, rest } = services.add(openOutbox({ config, publicUrl, journal, clock, log }));
  const parts = { config, publicUrl, port, storage, registry, outbox, rest, metrics, clock, log };
  const { agents, toolbox } = services.add(await openAgents({ ...parts, journal }));
  await trail.foundProfiles(agents.versionsInForce());
  const model = services.add(await openModel(config, { files: clips, agents }, log));
  const calls = services.add(await openCalls({ ...parts, model, agents, toolbox }));
  const { streams } = services.add(openWeb({ ...parts, calls, agents, toolbox }));
  services.start();
  return {
    url: port.url,
    close: async () => {
      await services.drain(config.drainMs);
      await services.stop();
    },
    giveUp: (thrown) =>
      lastActs({ journal, streams, stopListening: () => port.server.close(), log: allLines }, thrown),
  };
}
