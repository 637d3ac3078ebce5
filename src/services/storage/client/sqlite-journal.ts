import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from '../../../clock.ts';
import { EngineError, type ErrorNote } from '../../../errors.ts';
import { startThread } from '../../../thread.ts';
import {
  errorOf,
  type JournalReply,
  type JournalRequest,
  type QueryRequest,
  type WriteRequest,
} from '../sqlite/journal-messages.ts';
import type { FeedEntry } from '../../../protocol/call-feed.ts';
import type { Journal, Queries, Transactions } from '../journal.port.ts';
import { JournalTail } from './journal-tail.ts';
import { JournalThread, type StartThread } from './journal-thread.ts';
import { type JournalLog, RowGatherer } from './row-gatherer.ts';

/** What the thread is given before it has answered, in bytes: many commits' worth, and little to hold twice. */
const WINDOW_BYTES = 1024 * 1024;

/** What waits in memory while the disk refuses, in bytes: some ten minutes of some hundred calls. */
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/** A write that waits longer than this, in ms, means a disk that is as good as none. */
const MAX_LAG_MS = 5000;

/** How long `close` waits for a disk that refuses, in ms: longer than one retry of the thread. */
const CLOSE_WITHIN_MS = 2500;

const FORGET_CLIENTS_AFTER_MS = 86_400_000;

export interface JournalOptions {
  /** Path of the SQLite file, or `:memory:`: a database that ends with its thread. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: JournalLog;
  /** Rows past this are dropped, in bytes. Default 64 MB. */
  readonly maxQueuedBytes?: number;
  /** How large the file may grow, in bytes. Past it the journal behaves as on a full disk. Default: as the disk allows. */
  readonly maxFileBytes?: number;
  /** Starts the journal's thread. Default: a worker thread. */
  readonly start?: StartThread;
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

/** The journal in the hands of who opened it. */
export interface OwnJournal extends Journal {
  /**
   * Closes it, for a process that ends whatever comes of it: what was recorded has so many ms to reach the disk, then
   * its thread is stopped. Never rejects. False: the thread hangs, and keeps the process from ending in good order.
   */
  endWithin(ms: number): Promise<boolean>;
}

interface Asked {
  resolve(result: unknown): void;
  reject(error: EngineError): void;
}

class SqliteJournal implements OwnJournal {
  readonly opened: Promise<void>;
  readonly #options: JournalOptions;
  readonly #maxQueuedBytes: number;
  readonly #thread: JournalThread;
  readonly #gatherer: RowGatherer;
  readonly #tail = new JournalTail(WINDOW_BYTES);
  /** Who waits for an answer, by id: callers of `transact` and `query`. */
  readonly #asked = new Map<number, Asked>();
  /** Queries without an answer: a new thread is asked again. */
  readonly #queries = new Map<number, QueryRequest>();
  #lastId = 0;
  #trouble: ErrorNote | undefined;
  #ended: EngineError | undefined;
  #closing: Promise<void> | undefined;
  #onOpened: Asked | undefined;
  #onDrained: (() => void) | undefined;
  #onEnded: (() => void) | undefined;

  constructor(options: JournalOptions) {
    const { file, clock, maxFileBytes, start = startThread, maxQueuedBytes = MAX_QUEUED_BYTES } = options;
    this.#options = options;
    this.#maxQueuedBytes = maxQueuedBytes;
    this.opened = new Promise<void>((resolve, reject) => {
      this.#onOpened = {
        resolve: () => {
          resolve();
        },
        reject,
      };
    });
    this.#gatherer = new RowGatherer({
      clock,
      log: options.log,
      hasRoomFor: (bytes) => this.#hasRoomFor(bytes),
      send: (entries, bytes) => {
        this.#put({ kind: 'record', id: ++this.#lastId, entries }, bytes);
      },
    });
    this.#thread = new JournalThread({
      clock,
      start,
      data: {
        file,
        limits: maxFileBytes === undefined ? {} : { maxBytes: maxFileBytes },
        client: clientName(clock.now(), randomUUID()),
        forgetClientsBefore: clientName(clock.now() - FORGET_CLIENTS_AFTER_MS),
      },
      onOpened: () => {
        this.#threadOpened();
      },
      onReply: (reply) => {
        this.#threadReplied(reply);
      },
      onDeath: (cause) => {
        options.log.error(
          { code: cause.code, message: cause.message },
          'journal thread died, starting another',
        );
      },
      onEnd: (cause) => {
        this.#threadEnded(cause);
      },
    });
  }

  get isHealthy(): boolean {
    if (this.#trouble !== undefined || this.#ended !== undefined || !this.#thread.isOpen) return false;
    const { oldest } = this.#tail;
    return oldest === undefined || systemClock.steady() - oldest.since <= MAX_LAG_MS;
  }

  record(callSid: string, rows: readonly FeedEntry[]): void {
    this.#gatherer.add(callSid, rows);
  }

  async transact<Name extends keyof Transactions>(name: Name, args: Parameters<Transactions[Name]>[0]) {
    // What was recorded before is written before.
    this.#gatherer.send();
    const argsJson = jsonOf(name, args);
    const bytes = argsJson.length * 2;
    if (!this.#hasRoomFor(bytes)) throw this.#refusal();
    const result = await this.#ask((id) => {
      this.#put({ kind: 'transact', id, name, argsJson }, bytes);
    });
    // The thread answers each name with that name's result.
    return result as ReturnType<Transactions[Name]>;
  }

  async query<Name extends keyof Queries>(name: Name, args: Parameters<Queries[Name]>[0]) {
    this.#gatherer.send();
    const argsJson = jsonOf(name, args);
    const result = await this.#ask((id) => {
      const query: QueryRequest = { kind: 'query', id, name, argsJson };
      this.#queries.set(id, query);
      this.#post(query);
    });
    return result as ReturnType<Queries[Name]>;
  }

  close(): Promise<void> {
    this.#gatherer.send();
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async endWithin(ms: number): Promise<boolean> {
    const closed = this.close().catch(() => undefined); // What is lost is lost.
    const late = new Promise<void>((resolve) => this.#options.clock.setTimeout(resolve, ms));
    await Promise.race([closed, late]);
    return this.#thread.stop();
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
      throw new EngineError('STORAGE_UNAVAILABLE', `${String(this.#tail.size)} writes could not be stored`);
    }
  }

  #hasRoomFor(bytes: number): boolean {
    if (this.#closing !== undefined || this.#ended !== undefined) return false;
    return this.#tail.bytes + bytes <= this.#maxQueuedBytes;
  }

  #ask(send: (id: number) => void): Promise<unknown> {
    if (this.#closing !== undefined || this.#ended !== undefined) return Promise.reject(this.#refusal());
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      send(id);
    });
  }

  #put(write: WriteRequest, bytes: number): void {
    this.#tail.add(write, bytes, systemClock.steady());
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
    if (this.#trouble !== undefined) this.#recovered();
    this.#onOpened?.resolve(undefined);
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
        this.#settle(reply.id)?.reject(errorOf(reply.error));
        return;
      case 'spoilt':
        this.#options.log.error(
          { callSid: reply.callSid, rows: reply.rows, code: reply.error.code },
          'rows cannot be stored, dropped',
        );
        return;
      case 'health':
        if (reply.trouble === undefined) this.#recovered();
        else this.#troubled(reply.trouble);
        return;
      case 'closed':
        return; // The thread's end follows.
    }
  }

  #settle(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    this.#queries.delete(id);
    this.#tail.settle(id);
    this.#sendTail();
    if (this.#tail.size === 0) this.#gatherer.tellDropped();
    this.#checkDrained();
    return asked;
  }

  #troubled(trouble: ErrorNote): void {
    if (this.#trouble === undefined) this.#options.log.error({ ...trouble }, 'journal refuses writes');
    this.#trouble = trouble;
    for (const { id } of this.#tail.refuseUnsent()) this.#settle(id)?.reject(errorOf(trouble));
    this.#checkDrained();
  }

  #recovered(): void {
    this.#trouble = undefined;
    this.#options.log.warn({}, 'journal accepts writes again'); // As often as it refuses: sampled as that is.
  }

  #threadEnded(cause: EngineError | undefined): void {
    this.#ended = cause ?? new EngineError('STORAGE_UNAVAILABLE', 'the journal is closed');
    if (cause !== undefined)
      this.#options.log.error({ code: cause.code, message: cause.message }, 'journal thread ended');
    this.#onOpened?.reject(this.#ended);
    for (const asked of this.#asked.values()) asked.reject(this.#ended);
    this.#asked.clear();
    this.#queries.clear();
    this.#checkDrained();
    this.#onEnded?.();
  }

  #checkDrained(): void {
    if (this.#onDrained === undefined) return;
    if (this.#tail.size === 0 || this.#ended !== undefined) this.#onDrained();
    else if (this.#trouble !== undefined) systemClock.setTimeout(this.#onDrained, CLOSE_WITHIN_MS);
  }

  #refusal(): EngineError {
    if (this.#ended !== undefined) return this.#ended;
    if (this.#closing !== undefined) return new EngineError('STORAGE_UNAVAILABLE', 'the journal is closing');
    return this.#trouble
      ? errorOf(this.#trouble)
      : new EngineError('STORAGE_UNAVAILABLE', 'too many writes are waiting');
  }
}

/** Sorts by the time of opening, so that old clients can be told from new ones. */
const clientName = (openedAt: number, suffix = '') => `${new Date(openedAt).toISOString()} ${suffix}`;

function jsonOf(name: string, args: unknown): string {
  try {
    return JSON.stringify(args);
  } catch (cause) {
    throw new EngineError('INTERNAL', `the arguments of ${name} are not JSON`, { cause });
  }
}
