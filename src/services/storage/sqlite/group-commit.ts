import type { Clock } from '../../../clock.ts';
import { EngineError, noteOf } from '../../../errors.ts';
import type { JournalTrouble } from '../../../protocol/journal-troubles.ts';
import { DiskTrouble, diskTroubleError, diskTroubleOf } from './disk-trouble.ts';
import {
  type DiskRefusal,
  isRefusable,
  type JournalReply,
  type JournalThreadData,
  type QueryRequest,
  type RowsToWrite,
  type WriteRequest,
} from './journal-messages.ts';
import type { Store } from './store.ts';

/** How long class B rows wait for company, in ms. A commit costs one fsync, whether it holds one row or a thousand. */
const GATHER_MS = 5;

/** Rows in one commit: bounds how long a class A write behind them waits. */
const MAX_GROUP_ROWS = 1000;

/** How long after a refusal the disk is tried again, in ms. */
const RETRY_MS = 500;

/** The same of a file that is damaged, in ms: it heals seldom, and opening it reads all of it. */
const RETRY_DAMAGED_MS = 10_000;

/** Refusals in a row after which the file is closed and opened anew. */
const REFUSALS_BEFORE_REOPEN = 3;

/** Troubles that can stick to a connection, and be gone for the next one. */
const MAY_STICK: ReadonlySet<JournalTrouble> = new Set(['failing', 'read_only']);

/** Between two times that commits are written back, in ms: each costs two syncs of the disk. */
const WRITE_BACK_EVERY_MS = 250;

/** Commits between two looks at the size of the write-ahead log. */
const COMMITS_PER_CAP = 256;

export interface GroupCommitDeps {
  readonly data: JournalThreadData;
  /** @param isAgain - this process had the file open before. */
  readonly open: (isAgain: boolean) => Store;
  readonly clock: Clock;
  readonly tell: (replies: readonly JournalReply[]) => void;
}

/**
 * Writes gathered into commits, in the order they came.
 *
 * When the disk refuses, class A writes are rejected at once; class B rows, and
 * transactions that are kept, stay at the head of the queue until the disk takes
 * them: nothing overtakes them. The client bounds how many that are.
 */
export class GroupCommit {
  readonly #deps: GroupCommitDeps;
  #store: Store | undefined;
  #writes: WriteRequest[] = [];
  #queries: QueryRequest[] = [];
  #waitsFrom = 0;
  #timer: unknown;
  #immediate: NodeJS.Immediate | undefined;
  #refusals = 0;
  #commits = 0;
  #wroteBackAt = Number.NEGATIVE_INFINITY;

  constructor(deps: GroupCommitDeps) {
    this.#deps = deps;
    this.#store = deps.open(deps.data.isAgain);
    this.#store.applied.forgetClientsBefore(deps.data.forgetClientsBefore);
  }

  take(request: WriteRequest | QueryRequest, waitsFrom: number): void {
    this.#waitsFrom = waitsFrom;
    if (request.kind === 'query') this.#queries.push(request);
    else this.#writes.push(request);
    if (request.kind === 'record') this.#flushWithin(GATHER_MS);
    else this.#flushSoon();
  }

  /** Commits what it can and closes the file. @throws what SQLite throws when it cannot. */
  close(): void {
    this.#flush();
    clearImmediate(this.#immediate);
    this.#deps.clock.clearTimeout(this.#timer);
    this.#store?.close();
    this.#store = undefined;
  }

  /** After everything that has already arrived: several class A writes share one commit. */
  #flushSoon(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      this.#flush();
    });
  }

  #flushWithin(ms: number): void {
    this.#timer ??= this.#deps.clock.setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, ms);
  }

  #flush(): void {
    try {
      const store = (this.#store ??= this.#deps.open(true));
      // What little waits may fit where the next row does not.
      if (this.#refusals > 0) store.tryDisk.immediate();
      while (this.#writes.length > 0) this.#commitGroup(store);
      this.#recover();
    } catch (thrown) {
      this.#refuse(thrown);
    }
    this.#answerQueries();
    this.#writeBack();
  }

  /** Behind the answers: whoever waited has theirs. */
  #writeBack(): void {
    const now = this.#deps.clock.steady();
    if (this.#refusals > 0 || now - this.#wroteBackAt < WRITE_BACK_EVERY_MS) return;
    this.#wroteBackAt = now;
    this.#store?.writeBack();
  }

  #commitGroup(store: Store): void {
    let rows = 0;
    const end = this.#writes.findIndex((write) => (rows += weightOf(write)) > MAX_GROUP_ROWS);
    const group = this.#writes.slice(0, end === -1 ? undefined : Math.max(end, 1));
    const replies = this.#written(store, group);
    this.#writes.splice(0, group.length);
    this.#deps.tell(replies);
    if (++this.#commits % COMMITS_PER_CAP === 0) store.capWriteAheadLog();
  }

  /**
   * As if nothing could be wrong with any row; where something is, all of it again, with every call by itself: what can
   * fail alone has every page copied that it changes, and seldom does any row fail.
   */
  #written(store: Store, group: readonly WriteRequest[]): JournalReply[] {
    const write = (record: typeof recordApart) =>
      store.atomically(() => {
        store.applied.forgetBefore(this.#deps.data.client, this.#waitsFrom);
        return group.flatMap((each) => this.#apply(store, each, record));
      });
    try {
      return write(recordAll);
    } catch (thrown) {
      if (!(thrown instanceof SpoiltRows)) throw thrown;
      return write(recordApart);
    }
  }

  #apply(store: Store, write: WriteRequest, record: typeof recordApart): JournalReply[] {
    const { client } = this.#deps.data;
    const { id } = write;
    const earlier = store.applied.find(client, id);
    if (earlier !== undefined) return [{ kind: 'done', id, result: earlier.result }];

    if (write.kind === 'record') {
      const spoilt = record(store, write.entries);
      store.applied.remember(client, id, undefined);
      return [...spoilt, { kind: 'done', id }];
    }
    try {
      return store.atomically(() => {
        // JSON of what the port's types allow: the client made it from them.
        const result = store.transact(write.name, JSON.parse(write.argsJson) as never);
        store.applied.remember(client, id, result);
        return [{ kind: 'done', id, result }];
      });
    } catch (thrown) {
      return [{ kind: 'rejected', id, error: ruleError(thrown) }];
    }
  }

  #answerQueries(): void {
    const queries = this.#queries;
    this.#queries = [];
    if (queries.length > 0) this.#deps.tell(queries.map((query) => this.#answer(query)));
  }

  #answer({ id, name, argsJson }: QueryRequest): JournalReply {
    try {
      if (this.#store === undefined) throw new EngineError('STORAGE_UNAVAILABLE', 'it is being opened anew');
      return { kind: 'done', id, result: this.#store.query(name, JSON.parse(argsJson) as never) };
    } catch (thrown) {
      const trouble = diskTroubleOf(thrown);
      const error = trouble === undefined ? thrown : diskTroubleError(trouble, this.#deps.data.file);
      return { kind: 'rejected', id, error: noteOf(error, 'INTERNAL') };
    }
  }

  #recover(): void {
    if (this.#refusals === 0) return;
    this.#refusals = 0;
    this.#store?.waitForLock(false);
    this.#deps.tell([{ kind: 'health', refusal: undefined }]);
  }

  /** What was thrown is the disk's; anything else is a bug, and ends the thread rather than the order of rows. */
  #refuse(thrown: unknown): void {
    const refusal = this.#refusalOf(thrown);
    this.#refusals += 1;
    this.#deps.tell([
      { kind: 'health', refusal },
      ...this.#writes
        .filter(isRefusable)
        .map(({ id }): JournalReply => ({ kind: 'rejected', id, error: refusal.note })),
    ]);
    this.#writes = this.#writes.filter((write) => !isRefusable(write));
    this.#store?.waitForLock(true);
    if (this.#refusals % REFUSALS_BEFORE_REOPEN === 0 && MAY_STICK.has(refusal.trouble)) {
      this.#store?.close();
      this.#store = undefined;
    }
    this.#flushWithin(refusal.trouble === 'damaged' ? RETRY_DAMAGED_MS : RETRY_MS);
  }

  #refusalOf(thrown: unknown): DiskRefusal {
    const word = diskTroubleOf(thrown);
    const error = word === undefined ? thrown : diskTroubleError(word, this.#deps.data.file);
    const isTheDisk = error instanceof DiskTrouble;
    if (!isTheDisk && this.#store !== undefined) throw thrown;
    return { trouble: isTheDisk ? error.trouble : 'failing', note: noteOf(error, 'STORAGE_UNAVAILABLE') };
  }
}

const weightOf = (write: WriteRequest): number =>
  write.kind === 'record' ? write.entries.reduce((sum, { rows }) => sum + rows.length, 0) : 1;

/** Some row of a commit cannot be stored. Undoes all of it. */
class SpoiltRows extends Error {
  override readonly name = 'SpoiltRows';
}

/** @throws {SpoiltRows} when some of them cannot be stored. */
function recordAll(store: Store, entries: readonly RowsToWrite[]): JournalReply[] {
  try {
    for (const { callSid, rows } of entries) store.append(callSid, rows);
  } catch (cause) {
    ruleError(cause);
    throw new SpoiltRows('rows cannot be stored', { cause });
  }
  return [];
}

/** Each call by itself: rows that cannot be stored cost no other call its own. */
function recordApart(store: Store, entries: readonly RowsToWrite[]): JournalReply[] {
  return entries.flatMap(({ callSid, rows }): JournalReply[] => {
    try {
      store.atomically(() => {
        store.append(callSid, rows);
      });
      return [];
    } catch (thrown) {
      return [{ kind: 'spoilt', callSid, rows: rows.length, error: ruleError(thrown) }];
    }
  });
}

/** The note of a write that breaks a rule. A disk's refusal is no rule: it is thrown on, and undoes the whole commit. */
function ruleError(thrown: unknown) {
  if (diskTroubleOf(thrown) !== undefined) throw thrown;
  return noteOf(thrown, 'INTERNAL');
}
