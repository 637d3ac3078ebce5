import { type FileHandle, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../../clock.ts';
import { IN_MEMORY } from '../../../database-url.ts';
import { createFile, syncFolder } from '../../../private-files.ts';
import { isRefusable, type WriteRequest } from '../sqlite/journal-messages.ts';
import type { JournalLog } from './row-gatherer.ts';

export interface RescueFileParts {
  /** Path of the SQLite file, or `:memory:`, beside which there is no place. */
  readonly databaseFile: string;
  readonly clock: Clock;
  readonly log: JournalLog;
}

interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/**
 * Where rows go that the database does not take: a file beside it, for the
 * engine's user alone, with a line of JSON for each row. For people: no engine reads it.
 */
export class RescueFile {
  readonly #parts: RescueFileParts;
  #file: OpenFile | undefined;
  #lastId = 0;
  /** What is to be written: what could not be written stays, for the next time. */
  #lines: string[] = [];
  #work: Promise<unknown> = Promise.resolve();

  constructor(parts: RescueFileParts) {
    this.#parts = parts;
  }

  /**
   * Adds those of the writes that are not in it, in order. Transactions that were refused are none of them: whoever
   * asked for those was told. Resolves with the file's path when they are on disk; undefined when there is none, or
   * they could not be written. Never rejects.
   */
  add(writes: Iterable<WriteRequest>): Promise<string | undefined> {
    if (this.#parts.databaseFile === IN_MEMORY) return Promise.resolve(undefined);
    for (const write of writes) {
      if (write.id <= this.#lastId || isRefusable(write)) continue;
      this.#lastId = write.id;
      this.#lines.push(...linesOf(write));
    }
    return this.#inTurn(() => this.#write());
  }

  /** The same, for the last time. */
  async end(writes: Iterable<WriteRequest>): Promise<string | undefined> {
    const path = await this.add(writes);
    await this.#inTurn(() => this.#close());
    return path;
  }

  /** The database has all of it after all. Never rejects. */
  async discard(): Promise<void> {
    if (this.#lastId === 0) return;
    this.#lines = [];
    await this.#inTurn(() => this.#delete());
  }

  async #close(): Promise<string | undefined> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close().catch(() => undefined); // What was added is on disk.
    return file?.path;
  }

  async #delete(): Promise<void> {
    const path = await this.#close();
    if (path === undefined) return;
    try {
      await rm(path, { force: true });
      this.#parts.log.info({ file: path }, 'rescued rows are in the database, their file is deleted');
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      this.#parts.log.warn({ file: path, cause: code }, 'the file for rescued rows cannot be deleted');
    }
  }

  async #write(): Promise<string | undefined> {
    if (this.#lines.length === 0) return this.#file?.path;
    const lines = this.#lines;
    this.#lines = [];
    try {
      this.#file ??= await this.#create();
      const { path, handle } = this.#file;
      await handle.appendFile(lines.join(''));
      await handle.datasync();
      return path;
    } catch (thrown) {
      this.#lines = [...lines, ...this.#lines];
      const { code } = thrown as NodeJS.ErrnoException;
      this.#parts.log.error(
        { cause: code, rows: lines.length },
        'the file for rescued rows cannot be written',
      );
      return undefined;
    }
  }

  async #create(at = this.#parts.clock.now()): Promise<OpenFile> {
    const folder = dirname(this.#parts.databaseFile);
    const path = join(folder, `rescue-${new Date(at).toISOString().replaceAll(':', '-')}.jsonl`);
    try {
      const handle = await createFile(path);
      this.#parts.log.error({ file: path }, 'rows that the database does not take go into a file');
      await syncFolder(folder).catch(() => undefined); // A disk that cannot do that may have the file all the same.
      return { path, handle };
    } catch (thrown) {
      // Another worker of the engine has begun one in the same moment.
      if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return this.#create(at + 1);
      throw thrown;
    }
  }

  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const acted = this.#work.then(act);
    this.#work = acted.catch(() => undefined);
    return acted;
  }
}

function linesOf(write: WriteRequest): string[] {
  if (write.kind === 'transact') {
    return [`${JSON.stringify({ transaction: write.name, args: JSON.parse(write.argsJson) as unknown })}\n`];
  }
  return write.entries.flatMap(({ callSid, rows }) =>
    rows.map(({ body, ...row }) => {
      return `${JSON.stringify({ callSid, ...row, body: JSON.parse(body) as unknown })}\n`;
    }),
  );
}
