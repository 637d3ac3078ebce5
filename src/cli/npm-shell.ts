import type { Clock } from '../clock.ts';
import type { Environment } from '../config.ts';

/** Often enough that a restart finds the port and the database free. */
const LOOK_EVERY_MS = 500;

export interface ShellWatchOptions {
  readonly environment: Environment;
  readonly clock: Clock;
  /** The process that this one was started by, as it is now: another one when that has ended. */
  readonly parent: () => number;
  readonly then: () => void;
}

/**
 * npm (`npx`, `npm run`) starts what it runs through a shell, and most shells pass no signal on: they end, and leave
 * behind what they started. Tells once when that has happened; never where npm did not start this process.
 *
 * @returns ends the watch.
 */
export function watchNpmShell({ environment, clock, parent, then }: ShellWatchOptions): () => void {
  if (environment['npm_lifecycle_event'] === undefined) return () => undefined;
  const shell = parent();
  let timer: unknown;
  const look = () => {
    timer = clock.setTimeout(() => {
      if (parent() === shell) look();
      else then();
    }, LOOK_EVERY_MS);
  };
  look();
  return () => {
    clock.clearTimeout(timer);
  };
}
