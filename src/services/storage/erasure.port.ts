/** Erasing callers and calls: services/erasing/erasures.ts drives it. */
export interface ErasureTransactions {
  /**
   * Takes away the next piece of what is stored about a number, E.164: some `rows` of it, so that nobody waits long for
   * the journal. Calls that have not ended stay. What names the number in other calls goes, too: their leads, bookings
   * and texts for it, and the number itself in their logs.
   */
  eraseNumber(args: { phone: string; rows: number }): Promise<{ isDone: boolean }>;
  /**
   * Takes away the next piece of one call, `rows` of its log at most; of a call that has not ended nothing. With
   * `keepsRecords` the business keeps what is its own: leads and appointments stay.
   */
  eraseCall(args: { callSid: string; rows: number; keepsRecords: boolean }): Promise<{ isDone: boolean }>;
  /**
   * Takes the next piece of the words of calls that are gone out of what searches read: some 10 ms of work. The first
   * piece says so, and it is asked until it is done.
   */
  compact(args: { isFirst: boolean }): Promise<{ isDone: boolean }>;
}

export interface ErasureQueries {
  storedAbout(args: { phone: string }): Promise<{ isAny: boolean; isLive: boolean; callSids: string[] }>;
  /** `state` is a live call's; null for one that has ended, or of which only a part is left. */
  storedOfCall(args: { callSid: string }): Promise<{ isAny: boolean; state: string | null }>;
  /** Some calls that ended before a time, ms since the Unix epoch, oldest first. */
  callsEndedBefore(args: { before: number; limit: number }): Promise<string[]>;
  /** Some calls whose erasure was cut off. */
  halfErasedCalls(args: { limit: number }): Promise<string[]>;
  /**
   * Makes what was erased unreadable wherever the engine's files still hold it; of a large store at the next start.
   * Changes nothing that can be asked. Runs outside of any transaction.
   */
  overwriteErased(args: Record<string, never>): Promise<void>;
}
