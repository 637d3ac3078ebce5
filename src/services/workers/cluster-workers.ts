import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../clock.ts';
import { startingModule } from '../../thread.ts';
import { Pipe } from './pipe.ts';
import { sideTo } from './pipe-sides.ts';
import { untakenConnections } from './untaken-connections.ts';
import type { WorkerProcess } from './watched-worker.ts';

/**
 * Starts workers as processes of Node's own cluster: they listen at one port, and this process gives each connection to
 * one of them in turn.
 *
 * @param module - `new URL('./x.worker.ts', import.meta.url)`: what a worker runs.
 */
export function clusterWorkers(module: URL, clock: Clock): () => WorkerProcess {
  cluster.setupPrimary({
    exec: fileURLToPath(startingModule(module)),
    args: [],
    // Bytes stay bytes, and sets sets.
    serialization: 'advanced',
  });
  return () => {
    const worker = cluster.fork();
    const passOn = untakenConnections(worker.process);
    // Either may come first, and the other never. As long as it counts as connected Node would give them to it again.
    for (const end of ['disconnect', 'exit'])
      worker.on(end, () => {
        if (!worker.isConnected()) passOn();
      });
    return {
      number: worker.id,
      processId: worker.process.pid,
      pipe: new Pipe(sideTo(worker.process), clock),
      kill: () => {
        worker.process.kill('SIGKILL');
      },
      onEnded: (listener) => {
        worker.once('exit', (code: number | null, signal: string | null) => {
          listener({ code, signal });
        });
        // It could not be started: it has no end of its own.
        worker.on('error', () => {
          if (worker.process.pid === undefined) listener({ code: null, signal: null });
        });
      },
    };
  };
}
