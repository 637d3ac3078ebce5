import type { Database } from 'better-sqlite3';
import { admissionQueries } from './admission-queries.ts';
import { admissionTransactions } from './admission-transactions.ts';
import { auditQueries } from './audit-queries.ts';
import { auditTransactions } from './audit-transactions.ts';
import { bookingTransactions } from './booking-transactions.ts';
import { callTransactions } from './call-transactions.ts';
import { CallLog } from './call-log.ts';
import type { WrittenRow } from './call-rows.ts';
import { capWriteAheadLog, openDatabase, type DatabaseLimits, waitForLock, writeBack } from './database.ts';
import { erasureQueries } from './erasure-queries.ts';
import { erasureTransactions } from './erasure-transactions.ts';
import { journalQueries } from './journal-queries.ts';
import { intentTransactions } from './intent-transactions.ts';
import type { InThread } from './in-thread.ts';
import type { Queries, Transactions } from '../journal.port.ts';
import { outboxTransactions } from './outbox-transactions.ts';
import { toolTransactions } from './tool-transactions.ts';

/** Bytes that are tried on a disk that has refused: more than a log row needs, so that an answer of "healthy" holds for the next rows. */
const LARGE_TRIAL_BYTES = 65_536;
/** The same of one that has not: a page, since it is asked for as often as once a second. */
const SMALL_TRIAL_BYTES = 4096;

export type Store = ReturnType<typeof openStore>;

export interface StoreOptions extends DatabaseLimits {
  /** This process had it open before. */
  readonly isAgain?: boolean;
  readonly newId?: () => string;
}

/**
 * The journal's database with everything that can be asked of it, in the
 * thread that calls. Synchronous: each commit waits for the disk.
 *
 * @throws {EngineError} `STORAGE_UNAVAILABLE`, as `openDatabase` does.
 */
export function openStore(file: string, { isAgain, newId, ...limits }: StoreOptions = {}) {
  const db = openDatabase(file, limits, isAgain);
  const log = new CallLog(db);
  const calls = callTransactions(db, log);
  const outbox = outboxTransactions(db, log, calls, newId);
  const transactions: InThread<Transactions> = {
    ...calls,
    ...outbox,
    ...admissionTransactions(db, { ...calls, ...outbox }),
    ...toolTransactions(db, log, newId),
    ...bookingTransactions(db, log, newId),
    ...intentTransactions(db, log),
    ...erasureTransactions(db),
    ...auditTransactions(db),
    tryDisk: () => {
      tryDisk(db, SMALL_TRIAL_BYTES);
    },
  };
  const queries: InThread<Queries> = {
    ...journalQueries(db, log),
    ...erasureQueries(db),
    ...admissionQueries(db),
    ...auditQueries(db),
  };
  const inTransaction = db.transaction((work: () => unknown) => work());

  return {
    /** Runs `work` as one transaction; inside another, as a part of it that can fail alone. */
    atomically<Result>(work: () => Result): Result {
      return inTransaction.immediate(work) as Result;
    },
    append(callSid: string, rows: readonly WrittenRow[]): void {
      log.append(callSid, rows);
    },
    transact<Name extends keyof Transactions>(name: Name, args: Parameters<Transactions[Name]>[0]) {
      // One name belongs to one pair of arguments and result; the compiler loses that at the union.
      return (transactions[name] as (args: unknown) => Awaited<ReturnType<Transactions[Name]>>)(args);
    },
    query<Name extends keyof Queries>(name: Name, args: Parameters<Queries[Name]>[0]) {
      return (queries[name] as (args: unknown) => Awaited<ReturnType<Queries[Name]>>)(args);
    },
    applied: appliedWrites(db),
    /** Throws when the disk still refuses. */
    tryDisk: db.transaction(() => {
      tryDisk(db, LARGE_TRIAL_BYTES);
    }),
    /** How long writes wait for another program's lock from now on: for one that is known to be locked, only just. */
    waitForLock(isLocked: boolean): void {
      waitForLock(db, isLocked);
    },
    writeBack(): void {
      writeBack(db);
    },
    capWriteAheadLog(): void {
      capWriteAheadLog(db);
    },
    close(): void {
      db.close();
    },
  };
}

/** Writes some bytes, and takes them away again. */
function tryDisk(db: Database, bytes: number): void {
  db.prepare('INSERT INTO probe (ballast) VALUES (zeroblob(?))').run(bytes);
  db.prepare('DELETE FROM probe').run();
}

/**
 * Which writes of which client are in the database, with their results. A
 * write whose acknowledgement was lost with its thread is sent again, and must
 * not book twice.
 */
function appliedWrites(db: Database) {
  const select = db.prepare<[string, number], { result: string | null }>(
    'SELECT result FROM applied WHERE client = ? AND id = ?',
  );
  const insert = db.prepare<[string, number, string | null]>(
    'INSERT INTO applied (client, id, result) VALUES (?, ?, ?)',
  );
  const removeBefore = db.prepare<[string, number]>('DELETE FROM applied WHERE client = ? AND id < ?');
  const removeClients = db.prepare<[string]>('DELETE FROM applied WHERE client < ?');

  return {
    /** Undefined when the write is new. */
    find(client: string, id: number): { result: unknown } | undefined {
      const row = select.get(client, id);
      return row && { result: row.result === null ? undefined : (JSON.parse(row.result) as unknown) };
    },
    remember(client: string, id: number, result: unknown): void {
      insert.run(client, id, result === undefined ? null : JSON.stringify(result));
    },
    forgetBefore(client: string, id: number): void {
      removeBefore.run(client, id);
    },
    forgetClientsBefore(client: string): void {
      removeClients.run(client);
    },
  };
}
