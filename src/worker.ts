import type { Clock } from './clock.ts';
import { publicUrlOf, secretsOf } from './config.ts';
import { openAnswering } from './engine/answering.ts';
import { lastActs } from './engine/last-acts.ts';
import { leaveCalls } from './engine/left-calls.ts';
import { openLog } from './engine/log.ts';
import { preparePort } from './engine/port.ts';
import { Services } from './engine/service.ts';
import { openSharedStorage } from './engine/shared-storage.ts';
import type { WorkerOpening } from './engine/worker-opening.ts';
import { letHeapGrow } from './heap.ts';
import { yieldV8Threads } from './v8-threads.ts';
import { CallRegistry } from './services/calls/call-registry.ts';
import type { Exposition } from './services/http/health.ts';
import { Metrics } from './services/telemetry/metrics.ts';
import { TWILIO_PROOF } from './services/twilio/webhooks/twilio-routes.ts';
import { restOf } from './services/twilio/rest/carrier-account.ts';
import { type DrainWords, SUMS, VALUES } from './services/workers/life-words.ts';
import type { Pipe } from './services/workers/pipe.ts';
import { PipedSiblings } from './services/workers/piped-siblings.ts';
import { workBehind } from './engine/shared-work.ts';

/** One of several workers of an engine, which could take calls. */
export interface OpenWorker {
  /** @throws {EngineError} `CONFIG_INVALID` when it cannot listen. */
  listen(): Promise<void>;
  /** Lets its calls end, or others go on with them, and lets go of everything. The process is to end then. */
  close(words: DrainWords): Promise<void>;
  /** Leaves its calls as they are, for others to go on with. The process is to end then, at once. */
  leave(): Promise<void>;
  /** As `RunningEngine.giveUp`. */
  giveUp(thrown: unknown): Promise<boolean>;
  /** As `RunningEngine.broken`. */
  readonly broken: Promise<unknown>;
}

/** Where a worker is opened: its number among them, and the pipe to the process that watches over it. */
export interface WorkerPlace {
  readonly number: number;
  readonly pipe: Pipe;
  readonly clock: Clock;
}

/**
 * Puts a worker together: what takes calls, on top of what the process at the other end of the pipe has for all.
 *
 * @throws {EngineError} `TOOL_FILE_INVALID`, `PROFILE_INVALID` or `STORAGE_UNAVAILABLE`.
 */
export function openWorker(opening: WorkerOpening, place: WorkerPlace): Promise<OpenWorker> {
  letHeapGrow();
  yieldV8Threads();
  return new Services().build((services) => assemble(opening, place, services));
}

async function assemble(
  { config, simulatedUrl }: WorkerOpening,
  { number, pipe, clock }: WorkerPlace,
  services: Services,
): Promise<OpenWorker> {
  const registry = new CallRegistry();
  const metrics = new Metrics(() => registry.size);
  const { log, allLines } = services.add(openLog(config, secretsOf(config), clock, number));
  const port = services.add(preparePort(config, clock, TWILIO_PROOF.signatureHeader));
  const work = workBehind(pipe);
  const storage = services.add(await openSharedStorage({ config, pipe, work, metrics, clock, log }));
  const { journal } = storage;
  const siblings = new PipedSiblings(number, pipe);
  pipe.onAsked(VALUES, () => metrics.values());
  const { streams } = await openAnswering(services, {
    ...{ config, publicUrl: publicUrlOf(config, config.port), port, storage, registry, metrics, clock, log },
    ...{ siblings, outbox: work.outbox, awaited: work.awaited, rest: restOf(config.twilio) },
    ...(simulatedUrl !== undefined && { simulatedUrl }),
    exposition: async () => (await pipe.ask(SUMS, {})) as Exposition,
  });
  const leave = async () => {
    await leaveCalls({ journal, streams, log }, registry.size);
  };
  return {
    listen: () => {
      services.start();
      return port.listen();
    },
    close: async ({ withinMs, leavesPort }) => {
      if (leavesPort) await port.leave();
      await services.drain(withinMs);
      const areLeft = registry.size > 0;
      if (!areLeft) await services.stop();
      // What it has counted is not lost with it.
      await pipe.ask(VALUES, await metrics.values(), { withinMs: 1000 }).catch(() => undefined);
      if (areLeft) await leave();
    },
    leave,
    broken: journal.broken,
    giveUp: (thrown) =>
      lastActs({ journal, streams, stopListening: () => port.server.close(), log: allLines }, thrown),
  };
}
