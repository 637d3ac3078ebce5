import type { AcceptedCall } from '../../protocol/accepted-call.ts';
import type { BlockedNumber, RefusedCall } from '../../protocol/console-blocked.ts';
import type { RefusalCause } from '../../protocol/refusal-causes.ts';

/** Facts about a call that memory has and its row lacks. */
export interface InMemory {
  /** Its engine has it, and it goes on: whatever its row says of an end is wrong. */
  readonly isLive?: boolean;
}

/** A call as the journal is asked to accept it. */
export interface NewCall extends AcceptedCall {
  readonly at: number;
}

/** The sums of one day's calls. */
export interface DaySums {
  /** Calls that were taken, and calls that were placed. */
  readonly calls: number;
  /** Time that sessions of the model were open. */
  readonly modelMs: number;
  /** Millionths of the currency of the rates. */
  readonly costMicros: number;
}

/** Past any of these no new call is taken on that day; null for no ceiling. */
export type DayCeilings = { readonly [Sum in keyof DaySums]: number | null };

interface Terms {
  /** In ms, on a clock that does not jump. */
  readonly at: number;
  /** In the engine's zone, `2026-11-25`. */
  readonly day: string;
  readonly ceilings: DayCeilings;
  /** The other party, E.164; null when it is withheld, or an operator. A number that is blocked is refused. */
  readonly phone: string | null;
}

/** On what terms a new call is taken. */
export interface AdmissionTerms extends Terms {
  /** Who is counted: `phone`, or with null everybody who withholds theirs, together. Absent: nobody. */
  readonly caller?: {
    readonly phone: string | null;
    readonly perHour: number;
    /** Of a number, where several processes take calls: each counts its own before it asks. */
    readonly atOnce?: number;
  };
}

export interface PlacingTerms extends Terms {
  readonly placedPerDay: number | null;
}

/** Who may take a line: services/admission/admission.ts sets the terms. */
export interface AdmissionTransactions {
  /**
   * Accepts a call as `acceptCall` does, when the terms allow it: a new call is counted in the same transaction. One
   * that is known is not counted and not refused, whatever the terms. Without terms it has been counted before.
   */
  admitCall(
    call: NewCall & InMemory & { terms?: AdmissionTerms },
  ): Promise<{ epoch: number; isNew: boolean } | { refused: RefusalCause } | undefined>;
  /**
   * Puts a call that is to be placed into the outbox, once per key, when the terms allow it, and answers the errand's
   * id. A known key is not counted.
   */
  admitPlacing(request: {
    readonly key: string;
    readonly from: string;
    readonly to: string;
    readonly agentId: string;
    readonly at: number;
    readonly terms: PlacingTerms;
  }): Promise<{ id: string } | { refused: RefusalCause }>;
  /** Adds to what a day has cost. */
  addSpending(args: { day: string; modelMs: number; costMicros: number }): Promise<DaySums>;
  /** Writes down a call that was not taken, once. The last 500 of 30 days are kept. */
  noteRefusal(args: {
    callSid: string;
    phone: string | null;
    cause: RefusalCause;
    at: number;
  }): Promise<void>;
  /** Blocks a number; one that is blocked stays as it is. */
  blockNumber(args: { phone: string; at: number }): Promise<BlockedNumber>;
  /** False when the number was not blocked. */
  unblockNumber(args: { phone: string }): Promise<boolean>;
}

interface Listed<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

export interface AdmissionQueries {
  spending(args: { day: string }): Promise<DaySums>;
  /** Newest first, as are the refused calls. */
  blockedNumbers(args: { limit: number; cursor?: string }): Promise<Listed<BlockedNumber>>;
  refusedCalls(args: { limit: number; cursor?: string }): Promise<Listed<RefusedCall>>;
}
