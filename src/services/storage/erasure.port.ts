/** Erasing callers and calls: services/erasing/erasures.ts drives it. */
export interface ErasureTransactions {
  /**
   * Takes away the next piece of what is stored about a number, E.164: some `rows` of it, so that nobody waits long for
   * the journal. Calls that have not ended stay. What names the number in other calls goes, too: their leads, bookings
   * and texts for it, and the number itself in their logs.
   */
  eraseNumber(args: { phone: string; rows: number }): { isDone: boolean };
  /**
   * Takes away the next piece of one call, `rows` of its log at most; of a call that has not ended nothing. With
   * `keepsRecords` the business keeps what is its own: leads and appointments stay.
   */
  eraseCall(args: { callSid: string; rows: number; keepsRecords: boolean }): { isDone: boolean };
  /** Writes a piece of the index anew, without the words of calls that are gone. Asked until it is done. */
  rewriteIndex(args: { isFirst: boolean; pages: number }): { isDone: boolean };
}

export interface ErasureQueries {
  storedAbout(args: { phone: string }): { isAny: boolean; isLive: boolean; callSids: string[] };
  /** `state` is a live call's; null for one that has ended, or of which only a part is left. */
  storedOfCall(args: { callSid: string }): { isAny: boolean; state: string | null };
  /** Some calls that ended before a time, ms since the Unix epoch, oldest first. */
  callsEndedBefore(args: { before: number; limit: number }): string[];
  /** Some calls whose erasure was cut off. */
  halfErasedCalls(args: { limit: number }): string[];
  /**
   * Empties the write-ahead log, where what was erased still stands, and overwrites the unused bytes of the file; in a
   * large one at the next start. Changes nothing that can be read.
   */
  overwriteErased(args: Record<string, never>): void;
}
