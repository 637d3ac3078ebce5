import { type Clock, systemClock } from '../../../clock.ts';
import { EngineError, errorOf, type ErrorNote } from '../../../errors.ts';
import type { JournalTrouble } from '../../../protocol/journal-troubles.ts';
import { startThread } from '../../../thread.ts';
import {
  type DiskRefusal,
  type JournalReply,
  type JournalRequest,
  type QueryRequest,
  type WriteRequest,
} from '../sqlite/journal-messages.ts';
import type { FeedEntry } from '../../../protocol/call-feed.ts';
import type { JournalLoad, Queries, Transactions } from '../journal.port.ts';
import { Askers, jsonOf } from './askers.ts';
import { JournalTail } from './journal-tail.ts';
import type { OwnJournal } from './own-journal.ts';
import { DiskWatch, lagOf } from './disk-watch.ts';
import { JournalThread, type StartThread } from './journal-thread.ts';
import { RescueFile } from './rescue-file.ts';
import { type JournalLog, RowGatherer } from './row-gatherer.ts';
import { threadDataOf } from './thread-start.ts';

/** What the thread is given before it has answered, in bytes: many commits' worth, and little to hold twice. */
const WINDOW_BYTES = 1024 * 1024;

/** What waits in memory while the disk refuses, in bytes: some ten minutes of some hundred calls. */
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/** How long `close` waits for a disk that refuses, in ms: longer than one retry of the thread. */
const CLOSE_WITHIN_MS = 2500;

/** How long whoever tells what is kept waits for a disk that hangs, in ms. */
const KEPT_WITHIN_MS = 2000;

/** How long what is left may take into a file when the process ends whatever comes of it, in ms. */
const RESCUE_WITHIN_MS = 100;

export interface JournalOptions {
  /** Path of the SQLite file, or `:memory:`: a database that ends with its thread. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: JournalLog;
  /** Rows past this are dropped, in bytes. Default 64 MB. */
  readonly maxQueuedBytes?: number;
  /** How large the file may grow, in bytes. Past it the journal behaves as on a full disk. Default: as the disk allows. */
  readonly maxFileBytes?: number;
  /** Called once for each trouble of the disk, and for each death of its thread. */
  readonly countFault?: () => void;
  /** Starts the journal's thread. Default: a worker thread. */
  readonly start?: StartThread;
  /** The clock that its thread goes by. Default: the machine's. */
  readonly threadClock?: Clock;
}

/**
 * Opens the journal and keeps its thread running.
 *
 * @throws {EngineError} `STORAGE_UNAVAILABLE`, naming the file, when it cannot be opened or is damaged. It is left as it is.
 */
export async function openJournal(options: JournalOptions): Promise<OwnJournal> {
  const journal = new SqliteJournal(options);
  await journal.opened;
  return journal;
}

class SqliteJournal implements OwnJournal {
  readonly opened: Promise<void>;
  readonly broken: Promise<EngineError>;
  readonly #options: JournalOptions;
  readonly #threadClock: Clock;
  readonly #thread: JournalThread;
  readonly #gatherer: RowGatherer;
  readonly #tail = new JournalTail(WINDOW_BYTES);
  readonly #askers = new Askers();
  readonly #disk: DiskWatch;
  readonly #rescue: RescueFile;
  /** Queries without an answer: a new thread is asked again. */
  readonly #queries = new Map<number, QueryRequest>();
  #lastId = 0;
  #ended: EngineError | undefined;
  #closing: Promise<void> | undefined;
  #onOpened: { resolve(): void; reject(cause: EngineError): void } | undefined;
  #onBroken: ((cause: EngineError) => void) | undefined;
  #onDrained: (() => void) | undefined;
  #onEnded: (() => void) | undefined;

  constructor(options: JournalOptions) {
    const { file, clock, log, threadClock = systemClock } = options;
    const { start = startThread, countFault = () => undefined } = options;
    this.#options = options;
    this.#threadClock = threadClock;
    this.#disk = new DiskWatch(log, threadClock, countFault);
    this.#rescue = new RescueFile({ databaseFile: file, clock, log });
    this.broken = new Promise((resolve) => {
      this.#onBroken = resolve;
    });
    this.opened = new Promise((resolve, reject) => {
      this.#onOpened = { resolve, reject };
    });
    this.#gatherer = new RowGatherer({
      ...{ clock, threadClock, log },
      hasRoomFor: (bytes) => this.#hasRoomFor(bytes),
      send: (entries, bytes) => {
        this.#put({ kind: 'record', id: ++this.#lastId, entries }, bytes);
      },
    });
    this.#thread = new JournalThread({
      ...{ clock, start },
      data: threadDataOf(options, clock.now()),
      onOpened: () => {
        this.#threadOpened();
      },
      onReply: (reply) => {
        this.#threadReplied(reply);
      },
      onDeath: (cause) => {
        this.#disk.threadFailed(cause, 'journal thread died, starting another');
      },
      onEnd: (cause) => {
        this.#threadEnded(cause);
      },
    });
  }

  get trouble(): JournalTrouble | undefined {
    if (this.#ended !== undefined) return 'ended';
    const trouble = this.#disk.trouble(this.#tail.oldest?.since);
    return trouble ?? (this.#thread.isOpen ? undefined : 'restarting');
  }

  get load(): JournalLoad {
    return {
      trouble: this.trouble,
      lagMs: lagOf(this.#tail.oldest?.since, this.#threadClock),
      waitingBytes: this.#tail.bytes,
      droppedRows: this.#gatherer.droppedRows,
    };
  }

  record(callSid: string, rows: readonly FeedEntry[]): void {
    this.#gatherer.add(callSid, rows);
  }

  async transact<Name extends keyof Transactions>(
    name: Name,
    args: Parameters<Transactions[Name]>[0],
  ): Promise<Awaited<ReturnType<Transactions[Name]>>> {
    // What was recorded before is written before.
    this.#gatherer.send();
    const argsJson = jsonOf(name, args);
    const bytes = argsJson.length * 2;
    if (!this.#takesTransactions || !this.#hasRoomFor(bytes)) throw this.#whyNot();
    const result = await this.#ask((id) => {
      this.#put({ kind: 'transact', id, name, argsJson, isKept: false }, bytes);
    });
    // The thread answers each name with that name's result.
    return result as Awaited<ReturnType<Transactions[Name]>>;
  }

  async keep<Name extends keyof Transactions>(
    name: Name,
    args: Parameters<Transactions[Name]>[0],
  ): Promise<void> {
    this.#gatherer.send();
    const argsJson = jsonOf(name, args);
    let keptId = 0;
    const asked = this.#ask((id) => {
      keptId = id;
      this.#put({ kind: 'transact', id, name, argsJson, isKept: true }, argsJson.length * 2);
    }, true);
    if (!this.#takesTransactions) this.#askers.dismiss(keptId);
    const timer = this.#options.clock.setTimeout(() => {
      this.#askers.dismiss(keptId);
    }, KEPT_WITHIN_MS);
    try {
      await asked;
    } finally {
      this.#options.clock.clearTimeout(timer);
    }
  }

  async query<Name extends keyof Queries>(
    name: Name,
    args: Parameters<Queries[Name]>[0],
  ): Promise<Awaited<ReturnType<Queries[Name]>>> {
    this.#gatherer.send();
    const argsJson = jsonOf(name, args);
    const result = await this.#ask((id) => {
      const query: QueryRequest = { kind: 'query', id, name, argsJson };
      this.#queries.set(id, query);
      this.#post(query);
    });
    return result as Awaited<ReturnType<Queries[Name]>>;
  }

  close(): Promise<void> {
    this.#gatherer.send();
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async endWithin(ms: number): Promise<boolean> {
    const closed = this.close().catch(() => undefined); // What is lost is lost.
    await Promise.race([closed, this.#after(ms)]);
    await Promise.race([this.#rescue.end(this.#tail.writes()), this.#after(RESCUE_WITHIN_MS)]);
    return this.#thread.stop();
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.clock.setTimeout(resolve, ms));
  }

  async #close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onDrained = resolve;
      this.#checkDrained();
    });
    if (this.#ended === undefined) {
      await new Promise<void>((resolve) => {
        this.#onEnded = resolve;
        this.#post({ kind: 'close' });
      });
    }
    if (this.#tail.size > 0) {
      const place = await this.#rescue.end(this.#tail.writes());
      const whatOfThem = place === undefined ? 'are lost' : `are in ${place}`;
      const writes = String(this.#tail.size);
      throw new EngineError('STORAGE_UNAVAILABLE', `${writes} writes could not be stored and ${whatOfThem}`);
    }
  }

  /** A thread that is being replaced is waited for. */
  get #takesTransactions(): boolean {
    return this.trouble === undefined || this.trouble === 'restarting';
  }

  #hasRoomFor(bytes: number): boolean {
    if (this.#closing !== undefined || this.#ended !== undefined) return false;
    return this.#tail.bytes + bytes <= (this.#options.maxQueuedBytes ?? MAX_QUEUED_BYTES);
  }

  #ask(send: (id: number) => void, isKept = false): Promise<unknown> {
    if (this.#closing !== undefined || this.#ended !== undefined) return Promise.reject(this.#whyNot());
    const id = ++this.#lastId;
    const answer = this.#askers.wait(id, isKept);
    send(id);
    return answer;
  }

  #put(write: WriteRequest, bytes: number): void {
    this.#tail.add(write, bytes, this.#threadClock.steady());
    this.#sendTail();
  }

  #sendTail(): void {
    if (!this.#thread.isOpen) return;
    for (let write = this.#tail.next(); write !== undefined; write = this.#tail.next()) this.#post(write);
  }

  #post(request: JournalRequest): void {
    if (!this.#thread.isOpen) return; // Asked again, when the next thread has opened.
    this.#thread.post({ ...request, waitsFrom: this.#tail.oldest?.id ?? this.#lastId + 1 });
  }

  #threadOpened(): void {
    this.#disk.takesWrites();
    this.#onOpened?.resolve();
    this.#tail.rewind();
    this.#sendTail();
    for (const query of this.#queries.values()) this.#post(query);
    if (this.#onEnded !== undefined) this.#post({ kind: 'close' });
  }

  #threadReplied(reply: Exclude<JournalReply, { kind: 'opened' | 'refused' }>): void {
    switch (reply.kind) {
      case 'done':
        this.#settle(reply.id)?.resolve(reply.result);
        return;
      case 'rejected':
        this.#rejected(reply.id, reply.error);
        return;
      case 'spoilt':
        this.#options.log.error(
          { callSid: reply.callSid, rows: reply.rows, code: reply.error.code },
          'rows cannot be stored, dropped',
        );
        return;
      case 'health':
        if (reply.refusal === undefined) this.#accepts();
        else this.#refused(reply.refusal);
        return;
      case 'closed':
        return; // The thread's end follows.
    }
  }

  #rejected(id: number, error: ErrorNote): void {
    const asker = this.#settle(id);
    if (asker !== undefined) asker.reject(errorOf(error));
    else this.#options.log.error({ code: error.code }, 'kept transaction cannot be stored, dropped');
  }

  #settle(id: number) {
    const asker = this.#askers.take(id);
    this.#queries.delete(id);
    this.#tail.settle(id);
    this.#sendTail();
    if (this.#tail.size === 0) this.#stored();
    this.#checkDrained();
    return asker;
  }

  /** Everything that was told is in the database. */
  #stored(): void {
    this.#gatherer.tellDropped();
    if (!this.#disk.refuses) void this.#rescue.discard();
  }

  #accepts(): void {
    this.#disk.takesWrites();
    if (this.#tail.size === 0) this.#stored();
  }

  #refused(refusal: DiskRefusal): void {
    this.#disk.refused(refusal);
    for (const { id } of this.#tail.refuseUnsent()) this.#settle(id)?.reject(errorOf(refusal.note));
    this.#askers.dismissAll();
    if (refusal.trouble === 'damaged') void this.#rescue.add(this.#tail.writes());
    this.#checkDrained();
  }

  #threadEnded(cause: EngineError | undefined): void {
    this.#ended = cause ?? new EngineError('STORAGE_UNAVAILABLE', 'the journal is closed');
    if (cause !== undefined) {
      this.#disk.threadFailed(cause, 'journal thread ended');
      this.#onBroken?.(cause);
    }
    this.#onOpened?.reject(this.#ended);
    this.#askers.rejectAll(this.#ended);
    this.#queries.clear();
    this.#checkDrained();
    this.#onEnded?.();
  }

  #checkDrained(): void {
    if (this.#onDrained === undefined) return;
    if (this.#tail.size === 0 || this.#ended !== undefined) this.#onDrained();
    else if (this.#disk.refuses) this.#threadClock.setTimeout(this.#onDrained, CLOSE_WITHIN_MS);
  }

  #whyNot(): EngineError {
    if (this.#ended !== undefined) return this.#ended;
    if (this.#closing !== undefined) return new EngineError('STORAGE_UNAVAILABLE', 'the journal is closing');
    return this.#disk.whyNot(this.#tail.oldest?.since);
  }
}
