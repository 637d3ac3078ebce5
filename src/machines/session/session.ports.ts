import { actorSlot } from '../slot.ts';

import type { History, Missed, ModelOrder, SettledItem } from './session.events.ts';

/** Whose affair the sockets or the items are. */
export interface SessionInput {
  readonly callSid: string;
  /** What was said before, where the call began in another process. */
  readonly history?: History;
  /** The tools that are left; absent: all of them. */
  readonly keptTools?: readonly string[];
}

export interface SocketInput extends SessionInput {
  /** `next`: it is to follow the socket that there is. It hears nobody, and tells `NextFact`s, until it takes over. */
  readonly standing: 'current' | 'next';
}

type Passed = Extract<
  ModelOrder,
  { type: 'createResponse' | 'cancelResponse' | 'commitTurn' | 'answerTool' | 'allowReplies' | 'keepTools' }
>;

/** What a session is configured with, as the call has come to want it. */
interface Configuration {
  readonly repliesAllowed: boolean;
  readonly keptTools: readonly string[] | undefined;
}

/** Orders to a socket of the session. Those of the call mean what they mean there (`call.ports.ts`). */
export type SocketOrder =
  | Passed
  /** Send the session's configuration. Answered by `socket.updated` or `socket.denied`. */
  | ({ type: 'configure' } & Configuration)
  /**
   * The session is as it was asked for: tell it what the call has come to, and let it hear the caller. What the call has
   * come to want otherwise meanwhile is changed. `missed`: whose words were lost before, so that the agent says sorry.
   */
  | ({ type: 'begin'; history: History; missed?: Missed } & Configuration)
  /** Tell when nothing has been under way for a moment. Answered once by `socket.fellQuiet`, whenever that is. */
  | { type: 'awaitQuiet' }
  /** Another socket takes over: leave to it what the caller was just heard to say. The end of the socket follows. */
  | { type: 'giveOver' }
  /** The socket before is gone: this is the session's from now on. */
  | { type: 'takeOver' }
  /** Put a message into the conversation. `first`: before everything else. */
  | { type: 'addMessage'; role: 'user' | 'system' | 'assistant'; text: string; first?: true }
  /** Cut the session's memory of this item to what was heard. */
  | { type: 'cutItem'; item: SettledItem };

/** Orders to the items: those of the call that concern no socket. */
export type ItemOrder = Extract<ModelOrder, { type: 'settleItems' | 'rememberClip' }>;

/** The children a session needs. */
export const sessionPorts = {
  /** Knows what the agent has said in the call, over every socket. Tells `agent.startedItem`, `agent.said`, `item.settled`. */
  agentItems: actorSlot<ItemOrder, SessionInput>('agentItems'),
  /**
   * Owns one socket to the model, from the first attempt to the last byte. Tells `SocketFact`s and `ConversationFact`s; before
   * it takes over from another, `NextFact`s.
   */
  modelLeg: actorSlot<SocketOrder, SocketInput>('modelLeg'),
};

export type SessionPorts = typeof sessionPorts;
