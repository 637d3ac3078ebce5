import type { HeardItem } from '../../media/heard.ts';
import type { ModelFact, ResponsePurpose, ToolRequest } from '../call/call.events.ts';

/** Orders of the call to its session with the model. */
export type ModelOrder =
  /** Whether the far end may begin a reply by itself when the caller's turn ends. */
  | { type: 'allowReplies'; allowed: boolean }
  /**
   * Queue a response; only one runs at a time. Answered by `response.started`, `response.finished`.
   * A `toolAnswer` waits until every tool call that was told has been answered, so one response answers them all;
   * a `reply` or `toolAnswer` is moot, and dropped, when a response that began later has covered what it was for.
   */
  | { type: 'createResponse'; purpose: ResponsePurpose; text?: string }
  /** Stop generating, and drop what still arrives of it; forget queued responses. */
  | { type: 'cancelResponse' }
  /** End the caller's turn now, although they are still speaking. Answered by `caller.committed`. */
  | { type: 'commitTurn' }
  /** Cut the model's memory to what was heard. Answered by one `agent.said` for each item that had audio. */
  | { type: 'settleItems'; heard: readonly HeardItem[] }
  /** Give a tool's output back. No response is created by it. */
  | { type: 'answerTool'; toolCallId: string; output: string }
  /** From now on the model has only these of its tools. */
  | { type: 'keepTools'; names: readonly string[] }
  /** Put a message into the conversation. No response is created by it. */
  | { type: 'addMessage'; role: 'user' | 'system' | 'assistant'; text: string }
  /**
   * A clip says this as the agent's first item, of that id. Answered by `agent.startedItem`; `settleItems` settles
   * it like any other: one `agent.said`, and the words that were heard stand first in the model's memory.
   */
  | { type: 'rememberClip'; itemId: string; text: string }
  /** Close the session. */
  | { type: 'close' };

/** A response that the call has asked for. */
export type ResponseOrder = Extract<ModelOrder, { type: 'createResponse' }>;

/** Told by a socket of the session, of itself. Which error of ours it is goes by how far the session has come. */
export type SocketFact =
  /** The far end has made a session; nothing is configured yet. */
  | { type: 'socket.opened' }
  /** The far end has confirmed an update of the session. `misfit`: which format of it is not the one that was asked for. */
  | { type: 'socket.updated'; misfit?: string }
  /** It has begun, and the far end will end it before long: it is time for the next one. Told once. */
  | { type: 'socket.aged' }
  /** Answers `awaitQuiet`: a session that knows what was said needs nothing that this one knows. */
  | { type: 'socket.fellQuiet' }
  /** An error of the far end that no session survives that is not configured yet. Later it concerns one event, or nothing. */
  | ({ type: 'socket.denied' } & SocketEnd)
  /** The upgrade was answered with a refusal that will not change: key, account or model are wrong. */
  | ({ type: 'socket.refused' } & SocketEnd)
  /**
   * It could not be opened, it was closed by the far end or the network, or it was broken off because it was of no use: silent,
   * full, or in words that cannot be read.
   */
  | ({ type: 'socket.closed' } & SocketEnd);

/** The same, told by the socket that is to follow, as long as it is not the session's. */
export type NextFact =
  | { type: 'next.opened' }
  | { type: 'next.updated'; misfit?: string }
  /** Whatever it ended of: the session goes on in the one that there is. */
  | ({ type: 'next.ended' } & Pick<SocketEnd, 'retryAfterMs'>);

/** What ended it, and what it leaves behind. */
export interface SocketEnd {
  /** For people: no sentence of the far end's. */
  readonly detail: string;
  /** The far end's, or the network's, own code of it: `insufficient_quota`, `http_503`, `ECONNRESET`. */
  readonly cause?: string;
  /** The far end wants no other attempt before so many ms have passed. */
  readonly retryAfterMs?: number;
  /** What was asked of it, and nobody has heard a word of. What was heard in part is told as `response.finished` before. */
  readonly owed?: readonly ResponseOrder[];
  /** Whose words were lost with it: the rest of the agent's sentence, or some of the caller's turn. */
  readonly missed?: Missed;
}

export type Missed = 'agent' | 'caller';

/** Told by the items, beside the `agent.said` of each: what the session's memory is to know of what was heard. */
export interface ItemFact {
  type: 'item.settled';
  item: SettledItem;
}

/** An item of the agent's whose fate is decided. */
export interface SettledItem {
  readonly itemId: string;
  /** What was heard of each of its content parts, in order. */
  readonly parts: readonly HeardItem[];
  /** The words that were heard. */
  readonly text: string;
  /** A clip has said it: no session knows of it. */
  readonly isClip: boolean;
  /** The session that is open now has it in its memory: it can be cut there. */
  readonly isInMemory: boolean;
  /** A session that is gone has said it: the one that is open now was not told of it. */
  readonly isOfEarlier: boolean;
  /** The far end had finished it: it has no more audio than was received. */
  readonly isWhole: boolean;
  /** The far end remembers more of it than was received. */
  readonly hasDropped: boolean;
}

/** What the session passes on to the call as it was told: the conversation, and what it cost. */
export type ConversationFact = Exclude<ModelFact, { type: `model.${string}` }>;

/** What a session can be told: orders of the call, facts of its sockets and of its items. */
export type SessionEvent = ModelOrder | SocketFact | NextFact | ItemFact | ConversationFact;

/** Who says a message of the conversation; `system` is whoever runs the call. */
export type Role = 'user' | 'system' | 'assistant';

/** Something that was said, or is about to be told: `text` is undefined until its words are known. */
export interface RememberedMessage {
  readonly role: Role;
  readonly text: string | undefined;
  readonly itemId?: string;
}

/** A tool that the model has called; `output` is undefined until it is answered. */
export interface RememberedTool {
  readonly request: ToolRequest;
  readonly output: string | undefined;
}

/**
 * The conversation of a call, as its next session is told it: what the caller said, what was heard of the agent, what
 * was put in, and the tools with their outputs, in the order in which each began.
 */
export type History = readonly (RememberedMessage | RememberedTool)[];
