import { EXIT } from './terminal.ts';

/** Whoever is to do something before the process ends. */
export interface Ending {
  /** True when the process can end in good order; false when a thread of it cannot be stopped. */
  giveUp(thrown: unknown): Promise<boolean>;
  /** Resolves when it cannot go on, with the reason. */
  readonly broken: Promise<unknown>;
}

/**
 * Ends the process when something is thrown that nobody catches, or when the
 * engine cannot go on, after what the engine has to do then, with `EXIT.crashed`.
 *
 * `process.exit` waits for every thread. One that hangs in the disk would keep
 * the process, deaf and without an end; then it is killed.
 */
export function endOnLastException(engine: Ending): void {
  let isEnding = false;
  const end = (thrown: unknown) => {
    // What breaks on the way out changes nothing.
    if (isEnding) return;
    isEnding = true;
    void goodbye(engine, thrown).then((isInOrder) => {
      if (isInOrder) process.exit(EXIT.crashed);
      else process.kill(process.pid, 'SIGKILL');
    });
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
  void engine.broken.then(end);
  // Nobody reads the log any more. That is no reason to end calls.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

async function goodbye(engine: Ending, thrown: unknown): Promise<boolean> {
  try {
    return await engine.giveUp(thrown);
  } catch {
    return false;
  }
}
