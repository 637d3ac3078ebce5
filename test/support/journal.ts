import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Thread } from '../../src/services/storage/client/journal-thread.ts';
import type { OwnJournal } from '../../src/services/storage/client/own-journal.ts';
import { type JournalOptions, openJournal } from '../../src/services/storage/client/sqlite-journal.ts';
import { startThread } from '../../src/thread.ts';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'callchart-journal-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** What the journal logged, as `level sentence`. */
export class LogLines {
  readonly lines: string[] = [];
  readonly #write = (level: string) => (_: object, sentence: string) =>
    void this.lines.push(`${level} ${sentence}`);
  readonly info = this.#write('info');
  readonly warn = this.#write('warn');
  readonly error = this.#write('error');
}

/** The journal's threads, to be killed, with or without what they were about to tell, or to wait for a disk that hangs. */
export class Threads {
  readonly #running: Worker[] = [];
  #deafAfterOpening = false;

  /** Whatever the next thread tells after it has opened its file gets lost. */
  loseAnswers(isLost: boolean): void {
    this.#deafAfterOpening = isLost;
  }

  readonly start = (...args: Parameters<typeof startThread>): Thread => {
    const worker = startThread(...args);
    this.#running.push(worker);
    return {
      postMessage: (message) => {
        if (this.#held === undefined) worker.postMessage(message);
        else
          this.#held.push(() => {
            worker.postMessage(message);
          });
      },
      terminate: () => worker.terminate(),
      on: (event: string, listener: (argument: never) => void) =>
        worker.on(event, (argument) => {
          if (event === 'message' && this.#deafAfterOpening) this.#onLost?.();
          else listener(argument as never);
        }),
    };
  };

  #onLost: (() => void) | undefined;
  /** What was told since the disk hangs. */
  #held: (() => void)[] | undefined;

  /** From now on nothing is done, until the disk goes on. */
  hang(): void {
    this.#held ??= [];
  }

  goOn(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const tell of held) tell();
  }

  /** Resolves when an answer has been lost. */
  answerLost(): Promise<void> {
    return new Promise((resolve) => {
      this.#onLost = resolve;
    });
  }

  /** Kills the running thread. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#running.at(-1)?.terminate();
  }
}

/** A journal with a real thread, closed after the test. */
export async function testJournal(options: Partial<JournalOptions> = {}): Promise<OwnJournal> {
  const journal = await openJournal({
    file: ':memory:',
    clock: systemClock,
    log: new LogLines(),
    ...options,
  });
  onTestFinished(() => journal.close().catch(() => undefined));
  return journal;
}
