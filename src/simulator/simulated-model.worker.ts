import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import { noteOf } from '../errors.ts';
import type { FromModelThread, ModelThreadData } from './model-thread.ts';
import { startSimulatedModel } from './simulated-model.ts';

/** The simulated model in a thread of its own (model-thread.ts). It ends with the thread. */

const port = parentPort;
if (port === null) throw new Error('this module runs as a thread');
const { scenario } = workerData as ModelThreadData;
const tell = (message: FromModelThread) => {
  port.postMessage(message);
};

startSimulatedModel(systemClock, scenario).then(
  ({ url }) => {
    tell({ url });
  },
  (thrown: unknown) => {
    tell({ error: noteOf(thrown, 'SPEECH_UNAVAILABLE') });
  },
);
