import type { EndReason, ToolOutcome } from '../../machines/call/call.events.ts';
import type { TranscriptLine } from '../../protocol/console-calls.ts';
import type { JournalTrouble } from '../../protocol/journal-troubles.ts';
import type { FeedEntry, StoredEntry } from '../../protocol/call-feed.ts';
import type { Booking, Lead, Message } from '../../protocol/stored-items.ts';
import type { AdmissionQueries, AdmissionTransactions, InMemory, NewCall } from './admission.port.ts';
import type { AuditQueries, AuditTransactions } from './audit.port.ts';
import type { CallQueries, CallRecord, Page } from './calls.port.ts';
import type { ErasureQueries, ErasureTransactions } from './erasure.port.ts';

/**
 * The journal: every call's append-only log, and the rows that tools keep.
 *
 * It is reached through this port only, and only asynchronously: rows to
 * append, named transactions that can conflict and must answer, named queries.
 * Behind it a thread owns the database (sqlite-journal.ts); with several
 * machines the same port has another implementation. All SQL stays in this room.
 *
 * Two classes of rows. **Durable** (class A): the promise resolves when the row
 * is on disk, and the effect it announces may leave the process only then.
 * **Recorded** (class B): group-committed within some 5 ms and not waited for.
 * The rows of one call are written in the order in which the two were called.
 *
 * A transaction appends its own row in the same commit: `call.accepted` and `call.ended` from `call`, and from `journal`
 * what `JOURNAL_ANNOUNCEMENTS` of protocol/feed-announcements.ts has. Nobody else writes those names. `recording.began`
 * from `recording` stands at the first moment of the call's recording, and `recording.ended` at its last. `rows.dropped`
 * stands where rows were lost for want of room.
 */
export interface Journal {
  /**
   * Class B: queues rows of one call, in order, as they are now. Never throws. While the disk refuses they wait in
   * memory, 64 MB of them; those past that are dropped, and the call's log says how many.
   */
  record(callSid: string, rows: readonly FeedEntry[]): void;
  /**
   * Runs one named transaction; resolves when it is durable. It waits for the disk for less than 2 s, and not at all
   * while the journal is in trouble.
   * A transaction that the disk refused was not done; one that the end of the journal cut off may have been.
   * @throws {EngineError} `STORAGE_UNAVAILABLE` when the disk refuses, `REQUEST_INVALID` when an argument breaks a rule.
   */
  transact<Name extends keyof Transactions>(
    name: Name,
    args: Parameters<Transactions[Name]>[0],
  ): Promise<Awaited<ReturnType<Transactions[Name]>>>;
  /**
   * Runs a transaction that writes down what has happened already, which no disk can refuse: there it waits in memory
   * with the rows, in their order. Resolves when it is durable, or known to wait; within 2 s in any case.
   * @throws {EngineError} `STORAGE_UNAVAILABLE` when the journal ends before, `REQUEST_INVALID` when an argument breaks a rule.
   */
  keep<Name extends keyof KeptTransactions>(
    name: Name,
    args: Parameters<KeptTransactions[Name]>[0],
  ): Promise<void>;
  /**
   * Reads durable rows only: what a query has shown cannot be lost. Sees everything told to the journal before it,
   * unless the disk refused it.
   * @throws {EngineError} `REQUEST_INVALID` for a cursor that is not of this list or a limit below 1.
   */
  query<Name extends keyof Queries>(
    name: Name,
    args: Parameters<Queries[Name]>[0],
  ): Promise<Awaited<ReturnType<Queries[Name]>>>;
  /** Undefined while the disk takes rows, and takes them within 5 s. */
  readonly trouble: JournalTrouble | undefined;
  /**
   * Resolves when everything queued is durable and the database is closed.
   * @throws {EngineError} `STORAGE_UNAVAILABLE` when the disk went on refusing; the database is closed all the same.
   */
  close(): Promise<void>;
}

/** What operators see of a journal. */
export interface JournalLoad {
  readonly trouble: JournalTrouble | undefined;
  /** How long the oldest write has waited for the disk, in ms. */
  readonly lagMs: number;
  /** What waits in memory. */
  readonly waitingBytes: number;
  /** Rows that were lost for want of room. */
  readonly droppedRows: number;
}

/** What has happened when it is told. */
type KeptTransactions = Pick<
  Transactions,
  | 'decideNext'
  | 'endCall'
  | 'noteCallOver'
  | 'noteRecording'
  | 'settleMessage'
  | 'settleOutbox'
  | 'concludeEffect'
  | 'beginAct'
  | 'concludeAct'
>;

/** Writes that can conflict, and therefore answer. Each runs in one transaction and is durable when it answers. */
export interface Transactions
  extends
    EffectTransactions,
    OutboxTransactions,
    ErasureTransactions,
    AdmissionTransactions,
    AuditTransactions {
  /**
   * Accepts a call, once per call SID, and appends `call.accepted`. Answers the
   * stream epoch to issue a token for: 1 for a new call, current + 1 for a known one;
   * undefined when that call has ended. What the carrier told of it before is added: it may have ended by that.
   */
  acceptCall(call: NewCall & InMemory): Promise<{ epoch: number; isNew: boolean } | undefined>;
  /** The epoch for another stream of a live call (resume, return from a transfer). Undefined when the call is unknown or ended. */
  nextEpoch(args: { callSid: string } & InMemory): Promise<{ epoch: number } | undefined>;
  /**
   * Uses up a stream token: true once per nonce, and only for the epoch after the
   * current one; false otherwise. Moves the call's epoch.
   */
  consumeToken(
    args: { nonce: string; callSid: string; epoch: number; at: number } & InMemory,
  ): Promise<boolean>;
  /** Writes down what comes after the stream, before the stream is closed. `to`: whom an operator has named, E.164. */
  decideNext(args: {
    callSid: string;
    next: 'hangup' | 'dial';
    to?: string | undefined;
    at: number;
  }): Promise<void>;
  /** Ends a call, once: false when it had ended before, or was never accepted. Appends `call.ended`. */
  endCall(args: { callSid: string; reason: EndReason; at: number }): Promise<boolean>;
  /**
   * The carrier says that a call without a chart is over: ends it as `endCall` does. Of a call that nobody has accepted
   * it is kept for a day, and holds as soon as somebody does.
   */
  noteCallOver(args: { callSid: string; reason: EndReason; at: number }): Promise<void>;
  /**
   * What the carrier says of a recording of its own, once for each recording and status: `recording.reported`. Kept for
   * a day where nobody has accepted the call. False when it was told before, or the call was erased.
   */
  noteRecording(args: {
    callSid: string;
    recordingSid: string;
    status: string;
    durationS?: number;
    at: number;
  }): Promise<boolean>;
  /** Writes something and takes it away again: the journal's trouble is that of the disk then. */
  tryDisk(args: Record<string, never>): Promise<void>;
  /** Appends rows durably. */
  append(args: { callSid: string; rows: readonly FeedEntry[] }): Promise<void>;

  /** Stores a lead, once per key: the same key again answers the lead that is there. */
  createLead(lead: NewLead & { key: string }): Promise<Lead>;
  /** Books a slot on the first resource that is free for all of it. Once per key, for as long as the booking holds. */
  createBooking(
    booking: NewBooking & {
      key: string;
      diary: string;
      /** At least one; the only one of a diary is the empty text. */
      resources: readonly string[];
      /** How many confirmed bookings one call may have made. */
      maxPerCall: number;
    },
  ): Promise<
    | { outcome: 'booked'; booking: Booking }
    /** `heldByCall`: the call itself has a booking at that time. */
    | { outcome: 'taken' | 'heldByCall' | 'tooMany' }
  >;
  /**
   * What a caller may cancel or move: the confirmed bookings made from the caller's number that begin at a time. A
   * miss is written down, and after `maxMisses` of them the call is told nothing any more.
   */
  findOwnBookings(args: {
    /** Of the request that is to change the booking: asked again, it finds what it has changed. */
    key: string;
    callSid: string;
    diary: string;
    caller: string;
    startsAt: string;
    maxMisses: number;
    at: number;
  }): Promise<
    | { outcome: 'found'; bookings: Booking[] }
    /** The same request did it before: the booking as it was left, or the one it was moved to. */
    | { outcome: 'changed'; booking: Booking }
    | { outcome: 'missed' | 'locked' }
  >;
  /** Cancels a confirmed booking; undefined when it is none any more. */
  cancelBooking(args: { key: string; id: string; callSid: string; at: number }): Promise<Booking | undefined>;
  /** Books the new slot and gives the old one back, or does neither. `gone`: it is no confirmed booking any more. */
  moveBooking(args: {
    key: string;
    id: string;
    callSid: string;
    resources: readonly string[];
    startsAt: string;
    endsAt: string;
    at: number;
  }): Promise<{ outcome: 'moved'; booking: Booking } | { outcome: 'taken' | 'heldByCall' | 'gone' }>;
  /**
   * Stores a text that is to be sent, and puts it into the outbox, once per key. `isNew` is false when the key is
   * known. With `limits` it is counted first, in the same transaction, and what is too much is not stored.
   */
  createMessage(
    message: NewMessage & { key: string; limits?: TextLimits },
  ): Promise<{ message: Message; isNew: boolean } | { tooMany: TextLimit }>;
  /**
   * Records what the provider made of a text; false when it is unknown. It is found by the provider's SID, or, while
   * that is not known, by the engine's own id, which the SID then belongs to. A status that is behind the one known is
   * old news and changes nothing.
   */
  settleMessage(args: { providerSid: string; id?: string; status: string; at: number }): Promise<boolean>;
}

/** A text or a call as the carrier has it. */
export interface AtCarrier {
  readonly providerSid: string;
  /** As the carrier says it. */
  readonly status: string;
  /** How a call ended; absent while it goes on, and of a text. */
  readonly over?: EndReason;
}

/** What stands between an effect and doing it twice. */
interface EffectTransactions {
  /**
   * Writes down that an effect is about to be tried, before anything of it leaves, and appends `effect.intended`. A
   * known key answers what it came to; undefined while nobody knows: whoever tried has died, or is still at it.
   */
  intendEffect(intent: {
    readonly key: string;
    readonly callSid: string;
    readonly tool: string;
    readonly toolCallId: string;
    readonly at: number;
  }): Promise<{ isNew: boolean; outcome: ToolOutcome | undefined }>;
  /**
   * Writes down what an effect came to, and appends `effect.concluded`. The first final outcome of a key stands, and
   * is answered. One that is not final forgets the intent: nothing was done, and it may be asked for again.
   */
  concludeEffect(args: {
    readonly key: string;
    readonly callSid: string;
    readonly outcome: ToolOutcome;
    readonly isFinal: boolean;
    /** True when nobody waited for the outcome any more. */
    readonly isLate: boolean;
    /** Tools whose earlier outcomes in the call hold no longer. */
    readonly undoes: readonly string[];
    readonly at: number;
  }): Promise<ToolOutcome>;
}

/** What is on its way to the carrier: services/outbox/outbox.ts drives it. */
interface OutboxTransactions {
  /** Puts a call that is to be placed into the outbox, once per key. */
  requestCall(request: {
    readonly key: string;
    /** Both E.164. */
    readonly from: string;
    readonly to: string;
    readonly agentId: string;
    /** The call on whose behalf it is placed, if any. */
    readonly callSid?: string;
    readonly at: number;
  }): Promise<{ errand: Errand; isNew: boolean }>;
  /**
   * Takes an errand up, when it is due: for sending, only what certainly has not left; for finding, what may have.
   * Undefined when it is not due, or done, or not there. `until` is when the owner counts as dead.
   */
  claimOutbox(args: {
    readonly id: string;
    readonly at: number;
    readonly until: number;
  }): Promise<{ errand: Errand; task: 'send' | 'find' } | undefined>;
  /**
   * Puts an errand back, to be taken up when it is due. False for whoever does not own it any more.
   * @throws {EngineError} `REQUEST_INVALID` for an unknown id; so does `settleOutbox`.
   */
  returnOutbox(args: {
    readonly id: string;
    readonly claim: number;
    readonly to: 'waiting' | 'doubted' | 'lost';
    readonly due: number;
    /** True when it was looked for and not found. */
    readonly hasLooked: boolean;
  }): Promise<boolean>;
  /**
   * Ends an errand, once, and settles the message that it stands for; a call that was placed is accepted, and ended
   * where its candidate is over. Of the `candidates` the first that is no other
   * errand's is taken; where none is, and no `status` is given, nothing changes. Answers the errand as it stands then.
   */
  settleOutbox(args: {
    readonly id: string;
    readonly status?: string;
    readonly candidates?: readonly AtCarrier[];
    /** Why the carrier will not have it: a sentence that the model can act on. */
    readonly reason?: string;
    readonly at: number;
  }): Promise<Errand>;
}

export interface Queries extends CallQueries, ErasureQueries, AdmissionQueries, AuditQueries {
  /** Calls that have not ended, by their SIDs; the next ones are those after the last. Costs nothing for those that have. */
  openCalls(args: { limit: number; after?: string }): Promise<OpenCall[]>;
  call(args: { callSid: string }): Promise<CallRecord | undefined>;
  events(args: { callSid: string }): Promise<StoredEntry[]>;
  transcript(args: { callSid: string; withUnheard?: boolean }): Promise<TranscriptLine[]>;
  /** What was decided to come after the stream, and where the call stands. Undefined for an unknown call. */
  standing(args: { callSid: string }): Promise<
    | {
        next: 'hangup' | 'dial' | undefined;
        ended: boolean;
        epoch: number;
        agentId: string;
        startedAt: number;
      }
    | undefined
  >;
  leads(args: { limit: number; cursor?: string }): Promise<Page<Lead>>;
  bookings(args: { limit: number; cursor?: string }): Promise<Page<Booking>>;
  messages(args: { limit: number; cursor?: string }): Promise<Page<Message>>;
  /** Confirmed bookings of a diary that overlap `[from, to)`, ISO 8601 UTC. */
  bookingsBetween(args: { diary: string; from: string; to: string }): Promise<Booking[]>;
  /**
   * What a calendar shows: confirmed and cancelled bookings that end after a time, soonest first; of all diaries or of
   * one. Whoever wants more asks on from the last.
   */
  calendar(args: {
    diary?: string;
    since: number;
    limit: number;
    after?: Pick<CalendarBooking, 'id' | 'endsAt'>;
  }): Promise<CalendarBooking[]>;
  /** One errand of the outbox. Undefined for an unknown id. */
  errand(args: { id: string }): Promise<Errand | undefined>;
  /** The errands that are due, oldest first, and when the next one of the others is. */
  outboxDue(args: { at: number; limit: number }): Promise<{ ids: string[]; nextDue: number | undefined }>;
  /** What the effects of a call came to that were had, or may have been, by the model's ids of the tool calls. */
  effectOutcomes(args: { callSid: string }): Promise<{ toolCallId: string; outcome: ToolOutcome }[]>;
  /** How many texts were stored for a call, and for a destination since a time. */
  messageCounts(args: { callSid: string; to: string; since: number }): Promise<{
    ofCall: number;
    ofDestination: number;
  }>;
}

/** Where the log of a call ends that has not ended. */
export interface OpenCall {
  readonly callSid: string;
  /** State path of the chart. */
  readonly state: string;
  /** The time of its last row, in ms since the Unix epoch. */
  readonly lastAt: number;
}

export interface NewLead {
  readonly callSid: string;
  readonly name: string;
  readonly phone: string | null;
  readonly email: string | null;
  readonly interest: string | null;
  readonly notes: string | null;
  readonly at: number;
}

export interface NewBooking {
  readonly callSid: string;
  /** The number of the other party as the carrier says it; null when withheld. Who may change the booking by phone. */
  readonly caller: string | null;
  readonly name: string;
  /** The number to reach the person at: what was said, else the caller's. */
  readonly phone: string | null;
  readonly service: string;
  /** ISO 8601 UTC. */
  readonly startsAt: string;
  readonly endsAt: string;
  /** IANA zone in which the business thinks. */
  readonly timezone: string;
  readonly at: number;
}

/** An appointment as a calendar keeps it. */
export interface CalendarBooking extends Booking {
  /** The same however often the appointment is moved. */
  readonly uid: string;
  /** How often it was moved or cancelled (RFC 5545, 3.8.7.4). */
  readonly sequence: number;
  readonly changedAt: string;
}

export interface NewMessage {
  readonly callSid: string;
  readonly to: string;
  readonly body: string;
  readonly at: number;
}

/** How many texts may go out. A text costs money, and a caller can ask for many. */
export interface TextLimits {
  readonly perCall: number;
  readonly perDestinationAndDay: number;
  readonly perEngineAndDay: number;
}

/** Which limit a text goes past. `repeat`: the same words went to the same number within a day. */
export type TextLimit = 'call' | 'destination' | 'engine' | 'repeat';

/** Something on its way to the carrier, at most once. */
export interface Errand {
  /** Of a text, the id of its message. */
  readonly id: string;
  readonly kind: 'text' | 'call';
  /** The call that asked for it. */
  readonly callSid: string | null;
  /** Of a text `to` and `body`, of a call `from`, `to` and `agentId`. Empty once it is done. */
  readonly request: Readonly<Record<string, string>>;
  /**
   * - `waiting`: it certainly has not left.
   * - `sending`: its owner is at it, until `due`; after that the owner counts as dead, and it as `lost`.
   * - `doubted`: the carrier says that it failed. Looked for first, then sent again.
   * - `lost`: it may have arrived. Looked for, never sent again.
   * - `done`: `status` is what it came to.
   */
  readonly state: 'waiting' | 'sending' | 'doubted' | 'lost' | 'done';
  /** How often it was sent, and how often it was looked for in vain. */
  readonly attempts: number;
  readonly looks: number;
  /** How often it was taken up: names its owner. */
  readonly claim: number;
  /** Milliseconds since the Unix epoch, as is `at`. */
  readonly due: number;
  /** `pending`, then the provider's word; `failed`, `simulated`, or `unknown` when nobody will ever know. */
  readonly status: string;
  readonly providerSid: string | null;
  readonly reason: string | null;
  readonly at: number;
}

/**
 * Resolves when everything that was recorded before is on the disk: no question is answered sooner.
 *
 * @throws {EngineError} `STORAGE_UNAVAILABLE`.
 */
export async function everythingWritten(journal: Pick<Journal, 'query'>): Promise<void> {
  await journal.query('rowsAfter', { after: [], limit: 1 });
}
