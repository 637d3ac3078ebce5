import type { ErrorCode } from '../../errors.ts';
import type { EndReason } from '../../machines/call/call.events.ts';
import type { AcceptedCall } from '../../protocol/accepted-call.ts';
import type { StoredEntry } from '../../protocol/call-feed.ts';
import type { Analytics, TestCalls } from '../../protocol/console-analytics.ts';
import type { CallLatencies, CallLoss } from '../../protocol/console-calls.ts';

/** What the console asks of one call and of many. */
export interface CallQueries {
  /**
   * Newest first. What a filter does not name does not matter; `from` and `to` bound the call's beginning, ms, `to`
   * not included. A live call is found by its state, agent, number and time; by the rest once it has ended.
   * @throws {EngineError} `REQUEST_INVALID` when `q` holds no word.
   */
  findCalls(filter: CallFilter): Promise<Page<FoundCall>>;
  foundCall(args: { callSid: string }): Promise<FoundCall | undefined>;
  /**
   * The next rows of each call beyond one, in the order asked: `limit` of each at most, and no more than some 32,000
   * characters of bodies, one row at least where there is any. Whoever wants all of them asks on from `lastSeq`.
   */
  rowsAfter(args: {
    after: readonly { readonly callSid: string; readonly seq: number }[];
    limit: number;
  }): Promise<RowsPage[]>;
  turnTimes(args: { callSid: string }): Promise<Pick<CallLatencies, 'turns' | 'greetingMs'>>;
  /** `isAwaited`: no process has it. */
  losses(args: { callSid: string; isAwaited: boolean }): Promise<readonly CallLoss[]>;
  /** Sums of ended calls by the day of their beginning. */
  analytics(range: DayRange): Promise<AnalyticsSums>;
}

export interface CallFilter {
  readonly limit: number;
  readonly cursor?: string;
  /** `ended`, or a state path or the beginning of one. */
  readonly state?: string;
  /** Words that were said, all of them. */
  readonly q?: string;
  /** Digits in a row of either number, three at least. */
  readonly number?: string;
  readonly agent?: string;
  /** A state that the call has been in, or in one inside it. */
  readonly visited?: string;
  readonly tool?: string;
  readonly endReason?: string;
  readonly transition?: string;
  /** Test calls are among the others unless asked otherwise. */
  readonly tests?: TestCalls;
  readonly from?: number;
  readonly to?: number;
}

/** A call with what is counted of it; null while it is not. */
export interface FoundCall extends CallRecord {
  readonly bargeIns: number | null;
  readonly toolCalls: number | null;
  readonly lastSpeaker: 'caller' | 'agent' | null;
}

/** Some rows of one call, small enough to be worked on in one step. */
export interface RowsPage {
  readonly callSid: string;
  /** What was asked. */
  readonly after: number;
  /** The last of the rows; `after` when there is none. */
  readonly lastSeq: number;
  /** How many rows there are beyond what was asked, these included. */
  readonly behind: number;
  readonly rows: readonly StoredEntry[];
}

/** Days in UTC, both included; absent: from the first, to the last. */
export interface DayRange {
  readonly from?: string;
  readonly to?: string;
  readonly agent?: string;
  /** Test calls are left out unless asked for. */
  readonly tests?: TestCalls;
}

export type AnalyticsSums = Omit<Analytics, 'from' | 'to' | 'agent' | 'tests' | 'neverTaken'>;

export interface Page<Item> {
  readonly items: Item[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}

/** One call, as `/api/calls` shows it: a fold of its log, kept up to date with every commit. */
export interface CallRecord extends Required<AcceptedCall> {
  /** State path of the chart; `ended` for ended calls. */
  readonly state: string;
  /** ISO 8601 UTC with milliseconds. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly endReason: EndReason | null;
  /** Of a call that ended `failed` or `lost`: why. Of a live one, what it would fail of now. Absent where nobody said why. */
  readonly failure?: CallFailure;
  readonly durationMs: number | null;
}

/** The stored part of an error: its code, and what the far end or the network called it. */
export interface CallFailure {
  readonly code: ErrorCode;
  readonly cause: string | null;
}
