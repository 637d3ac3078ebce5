import { type Clock, systemClock } from './clock.ts';
import { type Config, publicUrlOf, secretsOf } from './config.ts';
import { lastActs } from './engine/last-acts.ts';
import { openLog } from './engine/log.ts';
import { openOutbox } from './engine/outbox.ts';
import { openPort } from './engine/port.ts';
import { Services } from './engine/service.ts';
import { openSimulation } from './engine/simulation.ts';
import { openStorage } from './engine/storage.ts';
import { tooEarly } from './engine/waiting-webhooks.ts';
import { openWorkers } from './engine/workers.ts';
import { SharedThread } from './services/storage/client/shared-thread.ts';
import { TWILIO_PROOF } from './services/twilio/webhooks/twilio-routes.ts';

/** An engine of several workers, as the process has it that watches over them. */
export interface Supervisor {
  /** Where the workers listen, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Replaces all workers, one after the other: a new one takes calls before an old one drains. */
  replaceWorkers(): Promise<void>;
  /** Has every worker drain within `DRAIN_MS`, and lets go of everything. */
  close(): Promise<void>;
  /** Ends the workers at once; what was recorded is on disk behind that. False: a thread hangs. */
  abandon(): Promise<boolean>;
  /** For a process in which something was thrown that nobody catches: as `RunningEngine.giveUp`. */
  giveUp(thrown: unknown): Promise<boolean>;
  /** As `RunningEngine.broken`. */
  readonly broken: Promise<unknown>;
}

/**
 * Puts an engine of several workers together: what is there once, and the workers on top. This process takes no call.
 *
 * @param module - what a worker runs.
 * @throws {EngineError} as `startEngine` does; what keeps a worker from opening, too.
 */
export function startWorkers(config: Config, module: URL, clock: Clock = systemClock): Promise<Supervisor> {
  return new Services().build((services) => assemble(config, module, clock, services));
}

async function assemble(config: Config, module: URL, clock: Clock, services: Services): Promise<Supervisor> {
  const { log, allLines } = services.add(openLog(config, secretsOf(config), clock));
  const port = services.add(await openPort(config, clock, TWILIO_PROOF.signatureHeader));
  const publicUrl = publicUrlOf(config, port.port);
  const thread = new SharedThread({ clock, log });
  const storage = services.add(await openStorage({ config, url: port.url, thread: thread.open, clock, log }));
  const { journal } = storage;
  const { outbox } = services.add(openOutbox({ config, publicUrl, journal, clock, log }));
  const { simulatedUrl } = services.add(await openSimulation(config));
  // Each death is told: it is one worker more, and storms are held back already.
  const shared = { thread, storage, outbox, simulatedUrl, clock, log: allLines };
  const settled = { ...config, port: port.port };
  const { places } = services.add(await openWorkers({ ...shared, config: settled, module }));
  services.start();
  await places.start(() => {
    // What waits is asked again, of the workers.
    port.serve((_request, response) => {
      tooEarly(response);
    });
    return port.close();
  });
  return {
    url: port.url,
    replaceWorkers: () => places.replaceAll(config.drainMs),
    close: async () => {
      await services.drain(config.drainMs);
      await services.stop();
    },
    broken: journal.broken,
    abandon: async () => {
      await places.kill();
      return journal.endWithin(ABANDON_WITHIN_MS);
    },
    giveUp: async (thrown) => {
      // Their calls come back to whoever is started next, and with them what they could still write, be it into a file.
      await places.leave(LEAVE_WITHIN_MS);
      const streams = { giveUp: () => undefined };
      return lastActs({ journal, streams, stopListening: () => undefined, log: allLines }, thrown);
    },
  };
}

/** How long workers may take to write down what they have, in ms: it is more than they wait for a disk. */
const LEAVE_WITHIN_MS = 1500;

/** Whoever tells the engine to stop a second time waits no longer, in ms. */
const ABANDON_WITHIN_MS = 200;
