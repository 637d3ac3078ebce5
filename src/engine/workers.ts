import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { EngineDay } from '../services/admission/engine-day.ts';
import { limitTime } from '../services/admission/limit-clock.ts';
import { AwaitedCalls } from '../services/calls/awaited-calls.ts';
import type { OutboxDelivery } from '../services/outbox/outbox.port.ts';
import { shareThread } from '../services/storage/client/journal-pipe.ts';
import type { SharedThread } from '../services/storage/client/shared-thread.ts';
import { MetricSums, type MetricValues } from '../services/telemetry/metric-sums.ts';
import { AwaitedTeller } from '../services/workers/awaited-news.ts';
import { clusterWorkers } from '../services/workers/cluster-workers.ts';
import { VALUES, SUMS } from '../services/workers/life-words.ts';
import { type SharedWork, workFor } from './shared-work.ts';
import { Switchboard } from '../services/workers/switchboard.ts';
import type { WatchedWorker } from '../services/workers/watched-worker.ts';
import { WorkerPlaces } from '../services/workers/worker-places.ts';
import type { Service } from './service.ts';
import type { OpenStorage } from './storage.ts';
import type { WorkerOpening } from './worker-opening.ts';

export interface WorkersParts {
  /** With the port that was taken. */
  readonly config: Config;
  /** What a worker runs. */
  readonly module: URL;
  readonly thread: SharedThread;
  readonly storage: OpenStorage;
  readonly outbox: OutboxDelivery;
  readonly simulatedUrl: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** A scrape does not wait for a worker that has no time for it, in ms: what it told last will do. */
const VALUES_WITHIN_MS = 1000;

/** The workers of the engine, joined to each other, to the journal and to what is done once for all. None is started yet. */
export async function openWorkers(parts: WorkersParts) {
  const { config, module, thread, storage, outbox, simulatedUrl, clock, log } = parts;
  const { journal, erasures } = storage;
  const switchboard = new Switchboard();
  const teller = new AwaitedTeller();
  const awaited = new AwaitedCalls({
    ...{ journal, clock, log },
    isHere: (callSid) => switchboard.ownerOf(callSid) !== undefined,
    ...{ onAwaited: teller.onAwaited, onBack: teller.onBack, onOver: teller.onOver },
  });
  await awaited.open();
  const day = new EngineDay(config.admission.day.timezone);
  const sums = new MetricSums({
    workers: () => places.listening.length,
    daySums: () => journal.query('spending', { day: day.of(limitTime(clock)) }),
    startedAt: Math.floor(performance.timeOrigin / 1000),
  });
  const exposition = async () => {
    await Promise.all(places.counting.map((worker) => tellValues(worker, sums)));
    return sums.exposition();
  };
  const keys = new Map<string, Promise<Buffer>>();
  /** Where nothing is kept a key is another one each time it is asked for. */
  const key: SharedWork['key'] = (name) => {
    const known = keys.get(name) ?? storage.key(name);
    keys.set(name, known);
    return known;
  };
  const unshares = new Map<number, () => void>();
  const places: WorkerPlaces = new WorkerPlaces({
    ...{ count: config.workers, clock, log },
    startProcess: clusterWorkers(module, clock),
    onOpening: ({ number, pipe }): WorkerOpening => {
      switchboard.connect(number, pipe);
      unshares.set(number, shareThread(thread, pipe));
      teller.join(pipe);
      workFor(pipe, { key, outbox, erasures, awaited });
      pipe.onAsked(SUMS, exposition);
      pipe.onAsked(VALUES, (values) => {
        sums.tell(number, values as MetricValues);
        return Promise.resolve();
      });
      return { config, simulatedUrl };
    },
    onLost: ({ number, pipe }, why) => {
      teller.leave(pipe);
      unshares.get(number)?.();
      unshares.delete(number);
      sums.lose(number, why);
      void awaited.lost(switchboard.disconnect(number));
    },
  });
  const service: Service = {
    name: 'workers',
    drain: (withinMs) => places.drain(withinMs),
    stop: async () => {
      awaited.close();
      await places.kill();
    },
  };
  return { places, service };
}

async function tellValues({ number, pipe, isLost }: WatchedWorker, sums: MetricSums): Promise<void> {
  const asked = pipe.ask(VALUES, {}, { withinMs: VALUES_WITHIN_MS });
  const values = await asked.catch(() => undefined);
  if (values !== undefined && !isLost) sums.tell(number, values as MetricValues);
}
