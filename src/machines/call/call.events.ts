import type { ErrorNote } from '../../errors.ts';
import type { HeardItem } from '../../media/heard.ts';

/**
 * What a call can be told.
 *
 * A dotted name is a fact: it has happened, so a chart may react to it or
 * ignore it but not refuse it; or a request from the desk. A bare verb is an
 * order, given by the call to a child (`call.ports.ts`). Audio is neither and
 * never comes here. One union per sender.
 */
export type CallEvent =
  PhoneFact | ModelFact | ToolFact | ToolboxFact | TranscriptFact | RecordingFact | DeskEvent;

/** Facts from the phone leg: the caller's side, as the carrier reports it. */
export type PhoneFact =
  /** A stream with a valid token has started; audio can go both ways. */
  | { type: 'phone.attached'; streamSid: string }
  /** The carrier ended the stream, and said so. `heard` is where playback stood, unfinished items only. */
  | { type: 'phone.stopped'; heard: readonly HeardItem[] }
  /** The socket went away without a word, sent nothing for too long (`STREAM_LOST`), or was thrown out (any other). */
  | { type: 'phone.lost'; error: ErrorNote; heard: readonly HeardItem[] }
  /**
   * The agent became audible: the first audio of a response, or of a clip, left for an empty buffer. `roundTripMs`: how
   * long a message takes to the carrier and back, where it was measured. The caller waits for so much, too.
   */
  | { type: 'playback.started'; roundTripMs?: number }
  /** Everything of the responses and clips that had ended was heard. `heard` lists their items, in order. */
  | { type: 'playback.finished'; heard: readonly HeardItem[] }
  /** Answers `clearPlayback`, exactly once. `heard` lists every item not yet reported, in order; may be empty. */
  | { type: 'playback.cleared'; heard: readonly HeardItem[] }
  /** Answers `pausePlayback`, exactly once: silent, and able to go on from the heard position. */
  | { type: 'playback.paused' }
  | { type: 'digit.pressed'; digit: string };

/** Facts from the session with the model. */
export type ModelFact =
  /** The socket is open and the far end has made a session; nothing is configured yet. */
  | { type: 'model.opened' }
  /** The session has the formats, voice, tools and turn detection that were asked for. */
  | { type: 'model.configured' }
  /** The far end will not serve this call: trying again cannot help. */
  | { type: 'model.refused'; error: ErrorNote }
  /** A socket could not be opened, or was lost; another one is being opened. `model.configured` follows, or one of the other two. */
  | { type: 'model.disconnected'; error: ErrorNote }
  /** Another session has taken over before the far end's limit, in a moment in which nobody spoke: it knows what was said. */
  | { type: 'model.rotated' }
  /** No socket can be had any more: the attempts are used up. */
  | { type: 'model.lost'; error: ErrorNote }
  /** `soundMs`: how long ago the first sound was, where it is known: speech is told when it is certain. */
  | { type: 'caller.startedSpeaking'; itemId: string; soundMs?: number }
  /**
   * `silentMs`: how long the caller has been silent; what ends a turn is a silence. `isAtLeast`: or for longer, the
   * detector does not say how long it has waited.
   */
  | {
      type: 'caller.stoppedSpeaking';
      itemId: string;
      speechMs: number;
      silentMs?: number;
      isAtLeast?: true;
    }
  /** The caller's turn is in the conversation: a reply is owed. */
  | { type: 'caller.committed'; itemId: string }
  /** The caller has said nothing for so long that the far end begins a reply by itself. No turn is told for it. */
  | { type: 'caller.keptSilent' }
  /** The caller's words. Comes before, during or after the reply. `language` is BCP 47, where transcription tells it. */
  | { type: 'caller.said'; itemId: string; text: string; language?: string }
  /** Transcription of this turn failed; the turn itself stands. */
  | { type: 'caller.unclear'; itemId: string }
  /** A response has begun. `purpose` is `reply` for those that the far end began by itself. */
  | { type: 'response.started'; responseId: string; purpose: ResponsePurpose }
  /** Generation is over; the caller may be seconds behind. */
  | { type: 'response.finished'; responseId: string; purpose: ResponsePurpose; outcome: ResponseOutcome }
  | { type: 'tool.requested'; request: ToolRequest }
  /** The first audio of an agent item has been passed on: its place in the conversation. */
  | { type: 'agent.startedItem'; itemId: string; responseId: string }
  /**
   * The words of an agent item that were heard; the model's memory says the same. Once per item. `unheard`: those that
   * came and were not heard, for whoever looks at the call; nobody in it goes by them.
   */
  | {
      type: 'agent.said';
      itemId: string;
      text: string;
      interrupted: boolean;
      heardMs: number;
      unheard?: string;
    }
  /** Tokens and audio that a response or a transcription cost, as the far end counts them. */
  | { type: 'usage.reported'; usage: Usage };

/** Facts from a tool call. */
export interface ToolFact {
  type: 'tool.settled';
  slot: string;
  toolCallId: string;
  name: string;
  outcome: ToolOutcome;
}

/** Facts from the toolbox, about more than one tool call, or one that is over. */
export type ToolboxFact =
  /** The call's tools with effects are taken from it: the model was talked into something twice. `kept` are those left. */
  | { type: 'tools.withdrawn'; kept: readonly string[] }
  /** A tool that was not waited for any longer has come to an end after all. */
  | { type: 'tool.cameLate'; toolCallId: string; name: string; outcome: ToolOutcome };

/** Facts from the transcript meter. */
export interface TranscriptFact {
  /** The transcript has reached its maximum size. Told again with every line. */
  type: 'transcript.filled';
}

/** Facts from the recording: it has stopped. */
export interface RecordingFact {
  type: 'recording.brokeOff';
  reason: 'erased' | 'failed' | 'diskFull' | 'tooLong';
}

/** Facts from the desk: webhooks, the REST API, an operator. */
export type DeskEvent =
  /** The carrier says that the call itself is over; `failed` where it gave the call up and nobody hung up. */
  | { type: 'phone.completed'; failed?: boolean }
  /**
   * The carrier asks what comes after a stream: it has left it, or could not open it. `mayReturn`: it may be given another
   * one; a call that has come back too often may not.
   */
  | { type: 'phone.left'; mayReturn: boolean }
  | { type: 'hangup.requested' }
  /** This process is to end: another one goes on with the call, if this is a moment in which nothing of it is lost. */
  | { type: 'handOver.requested' }
  /** To the profile's escalation number, or to one that the operator named and the desk keeps. */
  | { type: 'transfer.requested'; hasNumber?: boolean }
  /** What the transfer came to. */
  | { type: 'transfer.ended'; result: TransferResult }
  /** The agent says this next. */
  | { type: 'say.requested'; text: string }
  /** The model is told this; the caller is not. */
  | { type: 'whisper.requested'; text: string }
  | { type: 'mute.requested'; muted: boolean }
  | RecordingRequest;

/** Who has a recording pause: an operator; the agent, with a tool; the caller, who gives a card's number. */
export type PausedBy = 'operator' | 'agent' | 'card';

/**
 * The recording is to pause, or to go on. `since`: what was said since then is not to be heard either, ms since the Unix
 * epoch; told of a card's number, which is known when it was given.
 */
export interface RecordingRequest {
  type: 'recording.requested';
  paused: boolean;
  by: PausedBy;
  since?: number;
}

/** What a transfer came to: caller and person were connected, or why not. `cancelled`: the carrier was told to stop ringing. */
export type TransferResult = 'reached' | 'busy' | 'noAnswer' | 'failed' | 'cancelled';

/** Why a response is asked for. The leg of the socket knows the words for each. */
export type ResponsePurpose =
  | 'greeting'
  | 'reply'
  | 'toolAnswer'
  | 'idlePrompt'
  | 'lastMinute'
  | 'goodbye'
  | 'transfer'
  | 'transferFailed'
  | 'filler'
  | 'say'
  | 'resumption';

export interface ResponseOutcome {
  readonly status: 'completed' | 'cancelled' | 'failed' | 'incomplete';
  /** The far end's reason: `turn_detected`, `client_cancelled`, `max_output_tokens`, `content_filter`, an error code. */
  readonly reason?: string;
  /** True when any audio of it was passed to the caller's side. */
  readonly hadAudio: boolean;
  /** How much of it was, in ms. */
  readonly audioMs: number;
  /** How many tool calls it asked for; each was told by `tool.requested` before. */
  readonly toolCalls: number;
}

export interface Usage {
  readonly kind: 'response' | 'transcription';
  readonly inputTextTokens: number;
  readonly inputAudioTokens: number;
  readonly cachedTokens: number;
  readonly outputTextTokens: number;
  readonly outputAudioTokens: number;
  /** Seconds of audio transcribed, where the far end bills by time. */
  readonly seconds: number;
}

/** A function call the model asked for, as received: arguments are still unread JSON text. */
export interface ToolRequest {
  readonly toolCallId: string;
  readonly name: string;
  readonly argumentsJson: string;
}

/** How one tool call ended. `output` is JSON text that the model can speak from. */
export interface ToolOutcome {
  readonly status: 'ok' | 'failed' | 'timedOut' | 'refused' | 'cancelled';
  readonly output: string;
  /** What the call itself does next because of this tool. */
  readonly then?: 'endCall' | 'transfer';
}

export type EndReason =
  | 'completed'
  | 'caller_hung_up'
  | 'agent_ended'
  | 'transferred'
  | 'idle'
  | 'max_duration'
  | 'operator'
  | 'busy'
  | 'no_answer'
  | 'failed'
  | 'lost';

/** Announced by a call to whoever listens: journal, logs, metrics, inspector. Nobody answers. */
export type CallAnnouncement =
  | { type: 'turn.interrupted'; heard: readonly HeardItem[] }
  | { type: 'call.failing'; error: ErrorNote }
  | RecordingAnnouncement
  | { type: 'call.ended'; reason: EndReason };

/** Announced to whoever holds the tape, who tells in turn what was done. `since` as in {@link RecordingRequest}. */
export type RecordingAnnouncement =
  /** The announcement was heard: what is said from now on is kept. */
  | { type: 'recording.begins' }
  /** From now on nothing is heard on it. A pause that another one takes over is told again. */
  | { type: 'recording.pauses'; by: PausedBy; since?: number }
  /** A card's number was given before the pause that is on already. */
  | { type: 'recording.silences'; since: number }
  /** What is said is heard on it again. */
  | { type: 'recording.resumes'; by: PausedBy };
