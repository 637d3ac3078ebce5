/**
 * A worker of an engine that has several, started by the process that watches over them (supervisor.ts), which tells it
 * when to open, and when to listen.
 *
 * Signals are for that process. When it is gone Node ends this one, and with it its calls, which come back to whoever
 * is started next.
 */
import cluster from 'node:cluster';
import { systemClock } from '../clock.ts';
import { EngineError } from '../errors.ts';
import {
  BEAT,
  BEAT_MS,
  DRAIN,
  type DrainWords,
  LEAVE,
  LISTEN,
  OPEN,
  WARM,
} from '../services/workers/life-words.ts';
import { Pipe } from '../services/workers/pipe.ts';
import { sideToParent } from '../services/workers/pipe-sides.ts';
import { openWorker, type OpenWorker } from '../worker.ts';
import { endOnLastException } from './last-exception.ts';
import { EXIT } from './terminal.ts';

const side = sideToParent();
const self = cluster.worker;
if (side === undefined || self === undefined)
  throw new EngineError('INTERNAL', 'a worker is started by the engine');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const clock = systemClock;
const pipe = new Pipe(side, clock);
let worker: OpenWorker | undefined;

pipe.onAsked(OPEN, async (words) => {
  // Sent by the process that started this one, of the same build.
  worker = await openWorker(words as Parameters<typeof openWorker>[0], { number: self.id, pipe, clock });
  endOnLastException(worker);
});
pipe.onAsked(LISTEN, async () => {
  await worker?.listen();
  beat();
});
pipe.onTold(DRAIN, (words) => {
  void worker?.close(words as DrainWords).then(() => {
    // Whatever a tool of the business has left open.
    process.exit(EXIT.ok);
  });
});
pipe.onTold(LEAVE, () => {
  void Promise.resolve(worker?.leave()).then(() => {
    process.exit(EXIT.ok);
  });
});
pipe.tell(WARM, {});

function beat(): void {
  pipe.tell(BEAT, {});
  clock.setTimeout(beat, BEAT_MS);
}
