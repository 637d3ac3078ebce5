/** Erasing a caller: services/caller-erasure.ts drives it. */
export interface ErasureTransactions {
  /**
   * Takes away the next piece of what is stored about a number, E.164: some `rows` of it, so that nobody waits long for
   * the journal. Calls that have not ended stay. What names the number in other calls goes, too: their leads, bookings
   * and texts for it, and the number itself in their logs.
   */
  eraseNumber(args: { phone: string; rows: number }): { isDone: boolean };
  /** Writes a piece of the index anew, without the words of calls that are gone. Asked until it is done. */
  rewriteIndex(args: { isFirst: boolean; pages: number }): { isDone: boolean };
}

export interface ErasureQueries {
  storedAbout(args: { phone: string }): { isAny: boolean; isLive: boolean; callSids: string[] };
  /**
   * Empties the write-ahead log, where what was erased still stands, and overwrites the unused bytes of the file; in a
   * large one at the next start. Changes nothing that can be read.
   */
  overwriteErased(args: Record<string, never>): void;
}
