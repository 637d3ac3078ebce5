/**
 * What a simulated carrier tells whoever placed the call.
 *
 * `atMs` is the media time of the stream: milliseconds since its `start`.
 */
export type CarrierEvent =
  /** The engine answered a webhook with these verbs, by name. */
  | { type: 'twiml'; route: string; verbs: readonly string[] }
  /** The carrier speaks a `<Say>`. */
  | { type: 'carrier.said'; text: string }
  /** A stream is open and has sent its `start`. */
  | { type: 'stream.attached'; streamSid: string }
  /** The caller begins to hear the agent. */
  | { type: 'agent.audible'; atMs: number }
  /** The carrier has nothing left to play, or was told to forget it. */
  | { type: 'agent.quiet'; atMs: number }
  | { type: 'caller.audible'; atMs: number }
  | { type: 'caller.quiet'; atMs: number }
  | { type: 'mark.returned'; atMs: number; name: string }
  | { type: 'playback.cleared'; atMs: number; droppedMs: number }
  /** The stream is over. `closeCode` is the engine's, or 1006 when the connection broke. `droppedMs` of the agent were not heard. */
  | { type: 'stream.ended'; by: StreamEnd; atMs: number; droppedMs: number; closeCode?: number }
  /**
   * The agent is heard again after the end of a stream: so long the caller heard nothing of it, and so long of that
   * there was no stream.
   */
  | { type: 'gap.ended'; gapMs: number; streamlessMs: number }
  | { type: 'dial.ended'; number: string; status: string }
  /** Something that the real carrier would complain about, by its error code. */
  | { type: 'carrier.alert'; alert: CarrierAlert }
  | { type: 'call.ended'; outcome: CallOutcome };

/** Who ended a stream: the engine, the caller, the carrier itself (an update by REST), or nobody (the line broke). */
export type StreamEnd = 'engine' | 'caller' | 'carrier' | 'network';

/** One entry of the carrier's debugger. Codes: Twilio docs, "Error and Warning Dictionary". */
export interface CarrierAlert {
  readonly code: number;
  readonly text: string;
}

/** How a simulated call ended, in Twilio's `CallStatus` words. */
export interface CallOutcome {
  readonly status: 'completed' | 'busy' | 'failed' | 'no-answer';
  readonly by: 'engine' | 'caller' | 'carrier';
  readonly durationMs: number;
}
