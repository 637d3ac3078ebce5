import type { ErrorNote } from '../../../errors.ts';
import type { JournalTrouble } from '../../../protocol/journal-troubles.ts';
import type { WrittenRow } from './call-rows.ts';
import type { DatabaseLimits } from './database.ts';
import type { Queries, Transactions } from '../journal.port.ts';

/** What the journal's thread is started with. */
export interface JournalThreadData {
  readonly file: string;
  readonly limits: DatabaseLimits;
  /** A thread before this one had the file open. */
  readonly isAgain: boolean;
  /** Names this client in the database, so that a write which is sent twice is applied once. */
  readonly client: string;
  /** Applied writes of clients whose names sort before this one are forgotten. */
  readonly forgetClientsBefore: string;
}

/** Sent to the thread. Ids rise by one; writes are applied in their order. */
export type JournalRequest = WriteRequest | QueryRequest | { readonly kind: 'close' };

export type WriteRequest = RecordRequest | TransactRequest;

/** Class B: rows gathered over a moment, in order for each call. */
interface RecordRequest {
  readonly kind: 'record';
  readonly id: number;
  readonly entries: readonly RowsToWrite[];
}

/** Rows of one call that are to be written. */
export interface RowsToWrite {
  readonly callSid: string;
  readonly rows: WrittenRow[];
}

/** Class A. Arguments are JSON text: what they were when asked, and counted without a walk. */
export interface TransactRequest {
  readonly kind: 'transact';
  readonly id: number;
  /** Where the disk refuses it waits with the rows, and is not rejected. */
  readonly isKept: boolean;
  readonly name: keyof Transactions;
  readonly argsJson: string;
}

export interface QueryRequest {
  readonly kind: 'query';
  readonly id: number;
  readonly name: keyof Queries;
  readonly argsJson: string;
}

/** A write on its way, with the lowest id that the client still waits for: results before it can be forgotten. */
export type JournalPost = JournalRequest & { readonly waitsFrom: number };

/** Why the disk refuses writes. */
export interface DiskRefusal {
  readonly trouble: JournalTrouble;
  readonly note: ErrorNote;
}

/** Messages from the journal's thread. */
export type JournalReply =
  /** The file is open and sound. First of all replies. */
  | { readonly kind: 'opened' }
  /** The file could not be opened; the thread ends. */
  | { readonly kind: 'refused'; readonly error: ErrorNote }
  /** Durable. `result` is a transaction's or a query's. */
  | { readonly kind: 'done'; readonly id: number; readonly result?: unknown }
  /** Not applied, and not tried again. */
  | { readonly kind: 'rejected'; readonly id: number; readonly error: ErrorNote }
  /** Rows of one call that no database would take: a bug, not the disk. They are dropped. */
  | { readonly kind: 'spoilt'; readonly callSid: string; readonly rows: number; readonly error: ErrorNote }
  /** The disk began to refuse writes, or takes them again. */
  | { readonly kind: 'health'; readonly refusal: DiskRefusal | undefined }
  /** Everything received is durable and the file is closed. */
  | { readonly kind: 'closed' };

/** Whether a write is answered when the disk refuses, rather than waiting for it. */
export const isRefusable = (write: WriteRequest): write is TransactRequest =>
  write.kind === 'transact' && !write.isKept;
