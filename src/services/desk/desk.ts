import type { EndReason, TransferResult } from '../../machines/call/call.events.ts';
import type { AcceptedCall } from '../../protocol/accepted-call.ts';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
import type { CommandName } from '../../protocol/console-commands.ts';
import type { RefusalCause } from '../../protocol/refusal-causes.ts';
import type { CallRecord } from '../storage/calls.port.ts';

/**
 * What HTTP asks of the calls in progress. The live desk is that of a
 * running engine; tests bring their own. Routes read and answer; every decision
 * about a call is taken behind this door.
 */
export interface Desk {
  /** True from SIGTERM on: no new call is taken. */
  readonly isDraining: boolean;
  /**
   * A call rings, or the carrier asks again about one it could not connect. Asked
   * twice for one call, it answers twice, and only one of the two streams can live.
   * Draining, full, a limit that is reached and broken storage are answers, not exceptions.
   */
  answer(call: IncomingCall): Promise<NextStep>;
  /** A stream of a call is over. `hangup` for a call that is not known, or is over. */
  afterStream(question: AfterStream): Promise<NextStep>;
  /** The dialling of a transfer is over. `hangup` for a call that is not known, or is over. */
  dialResult(result: AfterDial): Promise<NextStep>;
  /**
   * Something happened at the carrier. Late, doubled and unknown ones are normal.
   * @param outboxId - of which errand of the outbox it tells, where the carrier names one.
   */
  status(news: CarrierNews, outboxId?: string): Promise<void>;
  recording(recording: RecordingStatus): Promise<void>;
  /**
   * An operator's command to a live call.
   * @throws {EngineError} `NUMBER_REFUSED` when a number to transfer to is against the rules; it says which.
   */
  command(callSid: string, command: DeskCommand): Promise<CommandAnswer>;
  /** A call in progress as it stands now; undefined for one that is not. */
  liveCall(callSid: string): Promise<LiveCallStanding | undefined>;
}

export interface LiveCallStanding {
  /** What the chart takes in the state it is in. */
  readonly commands: readonly CommandName[];
  /** Lengths of its delays as they hold for this call, in ms, by name. */
  readonly delays: Readonly<Record<string, number>>;
}

export interface PlaceRequest {
  /** E.164. */
  readonly to: string;
  readonly agentId: string;
  /** Requests with one key place one call. Without, each places its own. */
  readonly key?: string;
}

/** Places calls. */
export interface Outbound {
  /**
   * Asks the carrier for a call and answers once it is accepted and written down, within 15 s.
   * @throws {PlacingRefused} `REQUEST_INVALID` for an unknown agent, `FORBIDDEN` for a number that may not be called,
   *   `RATE_LIMITED` when a ceiling of the day is reached,
   *   `UNAVAILABLE` when no account is configured, or the carrier cannot take it.
   */
  place(request: PlaceRequest): Promise<CallRecord>;
}

/** A call that rings: whose it is but for the agent, and who asks. */
export interface IncomingCall extends Omit<AcceptedCall, 'agentId'> {
  /** Who opens its stream: the token that it is answered is good for such a one only. */
  readonly peer: 'carrier' | 'page';
  /** Who answers; else the number decides. */
  readonly profile?: AgentProfile;
  /** The same by name, for a call that the engine placed. */
  readonly agentId?: string;
}

export interface AfterStream {
  readonly callSid: string;
  /** How the call ended, where the carrier says that it is over. */
  readonly over: EndReason | undefined;
  /** Which stream of the call is over; absent where the question does not say. */
  readonly epoch?: number | undefined;
}

export interface AfterDial extends Omit<AfterStream, 'epoch'> {
  readonly result: TransferResult;
}

export type StreamEvent = 'started' | 'stopped' | 'failed' | 'unknown';

/** What the carrier tells of a call, a stream or a text. */
export type CarrierNews =
  | {
      readonly of: 'call';
      readonly callSid: string;
      /** As the carrier says it: the outbox keeps it. */
      readonly status: string;
      /** How the call ended; undefined while it goes on. */
      readonly over: EndReason | undefined;
    }
  | { readonly of: 'stream'; readonly callSid: string; readonly event: StreamEvent }
  /** `status` is a word of `message-status.ts`; another one is kept as it came. */
  | { readonly of: 'message'; readonly messageSid: string; readonly status: string };

export interface RecordingStatus {
  readonly callSid: string;
  readonly recordingSid: string;
  /** `in-progress`, `completed`, `absent` or `failed`; another one is kept as it came. */
  readonly status: string;
  readonly durationS: number | undefined;
}

/** What the carrier does next with a call. */
export type NextStep =
  /** Open a media stream that carries this token. `epoch` says which of the call's: the question that comes after it names it. */
  | { readonly kind: 'stream'; readonly token: string; readonly epoch?: number }
  /** Connect the caller with a person. `callerId` is a number of the account. */
  | { readonly kind: 'dial'; readonly to: string; readonly callerId?: string }
  /** Say this, in a language by its BCP 47 tag, and hang up. */
  | {
      readonly kind: 'busy';
      readonly message: string;
      readonly language: string;
      readonly cause: RefusalCause;
    }
  /** The same for a call that was taken, and cannot go on. */
  | { readonly kind: 'apology'; readonly message: string; readonly language: string }
  | { readonly kind: 'hangup' };

export type DeskCommand =
  | { readonly type: 'hangup' }
  | { readonly type: 'transfer'; readonly to?: string }
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'whisper'; readonly text: string }
  | { readonly type: 'mute'; readonly muted: boolean }
  | { readonly type: 'recording'; readonly paused: boolean };

/** `unknown`: no such call is live. `conflict` is the state in which the command makes no sense. */
export type CommandAnswer = 'accepted' | 'unknown' | { readonly conflict: string };
