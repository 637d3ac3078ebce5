import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Trial, Verdict } from './mutant-messages.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PROGRAM = fileURLToPath(new URL('mutant-process.ts', import.meta.url));
/** A mutant whose tests take longer never rests: all of them together take a tenth of this. */
const TRIAL_WITHIN_MS = 240_000;
const MAX_PROCESSES = 2;

/** `late`: no test failed in time. A mutant that never rests, or a machine that is too busy. */
export type Outcome = 'noticed' | 'survived' | 'late';

export interface TriedMutant {
  readonly name: string | undefined;
  readonly outcome: Outcome;
  readonly noticedBy: string | undefined;
}

interface TryOptions {
  readonly processes?: number;
  /** Without the tests that explore whole charts. */
  readonly isQuick?: boolean;
  readonly onTried?: (tried: TriedMutant) => void;
}

/**
 * Tries mutants by the tests of the charts, in at most two processes.
 * @param names - `undefined` stands for the charts as they are.
 * @throws {Error} when a process ends by itself.
 */
export async function tryMutants(
  names: readonly (string | undefined)[],
  { processes = MAX_PROCESSES, isQuick = false, onTried = () => undefined }: TryOptions = {},
): Promise<TriedMutant[]> {
  const queue = [...names];
  const tried: TriedMutant[] = [];
  const work = async () => {
    const trials = new TrialProcess();
    try {
      for (;;) {
        if (queue.length === 0) return;
        const name = queue.shift();
        const one = await trials.run({ mutant: name, isQuick });
        tried.push(one);
        onTried(one);
      }
    } finally {
      trials.stop();
    }
  };
  const needed = Math.min(processes, availableParallelism(), names.length);
  await Promise.all(Array.from({ length: needed }, work));
  return tried;
}

/** Not as a part of a test run, even where one has started it. */
function startProcess(): ChildProcess {
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST'));
  return fork(PROGRAM, {
    cwd: ROOT,
    env: Object.fromEntries(env),
    execArgv: ['--import', 'tsx'],
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** A process that tries mutants; another one in its place when it hangs. */
class TrialProcess {
  #process: ChildProcess | undefined;

  async run(trial: Trial): Promise<TriedMutant> {
    const name = trial.mutant;
    const child = (this.#process ??= startProcess());
    const timeout = AbortSignal.timeout(TRIAL_WITHIN_MS);
    const over = new AbortController();
    const signal = AbortSignal.any([timeout, over.signal]);
    const ended = once(child, 'exit', { signal }).then(() => {
      throw new Error('the process that tries mutants has ended');
    });
    child.send(trial);
    try {
      const [{ noticedBy, isLate }] = (await Promise.race([once(child, 'message', { signal }), ended])) as [
        Verdict,
      ];
      const outcome = isLate ? 'late' : noticedBy === undefined ? 'survived' : 'noticed';
      return { name, outcome, noticedBy };
    } catch (error) {
      this.stop();
      if (!timeout.aborted) throw error;
      return { name, outcome: 'late', noticedBy: undefined };
    } finally {
      over.abort();
    }
  }

  stop(): void {
    const { pid, exitCode } = this.#process ?? {};
    if (pid !== undefined && exitCode === null) process.kill(-pid, 'SIGKILL');
    this.#process = undefined;
  }
}
