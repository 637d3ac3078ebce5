import type { Clock } from '../../../clock.ts';
import { noteOf } from '../../../errors.ts';
import { diskTroubleError, diskTroubleOf } from './disk-trouble.ts';
import type { JournalReply, JournalThreadData, QueryRequest, WriteRequest } from './journal-messages.ts';
import type { Store } from './store.ts';

/** How long class B rows wait for company, in ms. A commit costs one fsync, whether it holds one row or a thousand. */
const GATHER_MS = 5;

/** Rows in one commit: bounds how long a class A write behind them waits. */
const MAX_GROUP_ROWS = 1000;

/** How long after a refusal the disk is tried again, in ms. */
const RETRY_MS = 500;

/** Refusals in a row after which the file is closed and opened anew: some I/O errors stick to a connection. */
const REFUSALS_BEFORE_REOPEN = 3;

/** Commits between two looks at the size of the write-ahead log. */
const COMMITS_PER_CAP = 256;

export interface GroupCommitDeps {
  readonly data: JournalThreadData;
  readonly open: () => Store;
  readonly clock: Clock;
  readonly tell: (replies: readonly JournalReply[]) => void;
}

/**
 * Writes gathered into commits, in the order they came.
 *
 * When the disk refuses, class A writes are rejected at once and class B rows
 * stay at the head of the queue until the disk takes them: nothing overtakes
 * them. The client bounds how many that are.
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

  constructor(deps: GroupCommitDeps) {
    this.#deps = deps;
    this.#store = deps.open();
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
      const store = (this.#store ??= this.#deps.open());
      if (this.#refusals > 0 && this.#writes.length === 0) store.probe.immediate();
      while (this.#writes.length > 0) this.#commitGroup(store);
      this.#recover();
    } catch (thrown) {
      this.#refuse(thrown);
    }
    this.#answerQueries();
  }

  #commitGroup(store: Store): void {
    let rows = 0;
    const end = this.#writes.findIndex((write) => (rows += weightOf(write)) > MAX_GROUP_ROWS);
    const group = this.#writes.slice(0, end === -1 ? undefined : Math.max(end, 1));
    const replies = store.atomically(() => {
      store.applied.forgetBefore(this.#deps.data.client, this.#waitsFrom);
      return group.flatMap((write) => this.#apply(store, write));
    });
    this.#writes.splice(0, group.length);
    this.#deps.tell(replies);
    if (++this.#commits % COMMITS_PER_CAP === 0) store.capWriteAheadLog();
  }

  #apply(store: Store, write: WriteRequest): JournalReply[] {
    const { client } = this.#deps.data;
    const { id } = write;
    const earlier = store.applied.find(client, id);
    if (earlier !== undefined) return [{ kind: 'done', id, result: earlier.result }];

    if (write.kind === 'record') {
      const spoilt = this.#record(store, write.entries);
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

  /** Each call by itself: rows that cannot be stored cost no other call its own. */
  #record(store: Store, entries: Extract<WriteRequest, { kind: 'record' }>['entries']): JournalReply[] {
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

  #answerQueries(): void {
    const queries = this.#queries;
    this.#queries = [];
    if (queries.length > 0) this.#deps.tell(queries.map((query) => this.#answer(query)));
  }

  #answer({ id, name, argsJson }: QueryRequest): JournalReply {
    try {
      const store = (this.#store ??= this.#deps.open());
      return { kind: 'done', id, result: store.query(name, JSON.parse(argsJson) as never) };
    } catch (thrown) {
      const trouble = diskTroubleOf(thrown);
      const error = trouble === undefined ? thrown : diskTroubleError(trouble, this.#deps.data.file);
      return { kind: 'rejected', id, error: noteOf(error, 'INTERNAL') };
    }
  }

  #recover(): void {
    if (this.#refusals === 0) return;
    this.#refusals = 0;
    this.#deps.tell([{ kind: 'health', trouble: undefined }]);
  }

  /** What was thrown is the disk's; anything else is a bug, and ends the thread rather than the order of rows. */
  #refuse(thrown: unknown): void {
    const trouble = diskTroubleOf(thrown);
    if (trouble === undefined && this.#store !== undefined) throw thrown;
    const { file } = this.#deps.data;
    const note = noteOf(
      trouble === undefined ? thrown : diskTroubleError(trouble, file),
      'STORAGE_UNAVAILABLE',
    );
    this.#refusals += 1;
    this.#deps.tell([
      { kind: 'health', trouble: note },
      ...this.#writes
        .filter(({ kind }) => kind === 'transact')
        .map(({ id }): JournalReply => ({ kind: 'rejected', id, error: note })),
    ]);
    this.#writes = this.#writes.filter(({ kind }) => kind === 'record');
    if (
      this.#refusals % REFUSALS_BEFORE_REOPEN === 0 &&
      trouble !== 'SQLITE_FULL' &&
      trouble !== 'SQLITE_BUSY'
    ) {
      this.#store?.close();
      this.#store = undefined;
    }
    this.#flushWithin(RETRY_MS);
  }
}

const weightOf = (write: WriteRequest): number =>
  write.kind === 'record' ? write.entries.reduce((sum, { rows }) => sum + rows.length, 0) : 1;

/** The note of a write that breaks a rule. A disk's refusal is no rule: it is thrown on, and undoes the whole commit. */
function ruleError(thrown: unknown) {
  if (diskTroubleOf(thrown) !== undefined) throw thrown;
  return noteOf(thrown, 'INTERNAL');
}
