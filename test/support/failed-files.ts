import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

/** Where the files that failed in the last run are written down, one a line; absent where none did. */
const FAILED_FILES = 'node_modules/.cache/callchart/failed-files';

/** As much of a module as is asked for here. */
type RunModule = Pick<TestModule, 'moduleId' | 'state'>;

/** Writes down which files a run has failed in, for `.ci/run`, which tries a few of them once more. */
export class FailedFiles implements Reporter {
  readonly #path: string;

  constructor(path = FAILED_FILES) {
    this.#path = path;
  }

  onTestRunEnd(modules: readonly RunModule[], unhandled: readonly unknown[]): void {
    rmSync(this.#path, { force: true });
    const failed = modules.filter((module) => module.state() === 'failed');
    // An error that belongs to no test is no test's bad luck.
    if (unhandled.length > 0 || failed.length === 0) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(this.#path, failed.map(({ moduleId }) => `${relative('.', moduleId)}\n`).join(''));
  }
}
