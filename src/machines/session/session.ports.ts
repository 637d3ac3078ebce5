import { actorSlot } from '../slot.ts';
import type { ModelOrder, SettledItem } from './session.events.ts';

/** Whose affair the socket or the items are. */
export interface SessionInput {
  readonly callSid: string;
}

type Passed = Extract<
  ModelOrder,
  { type: 'createResponse' | 'cancelResponse' | 'commitTurn' | 'answerTool' | 'allowReplies' | 'keepTools' }
>;

/** Orders to a socket of the session. Those of the call mean what they mean there (`call.ports.ts`). */
export type SocketOrder =
  | Passed
  /** Send the session's configuration, as the call has come to want it. Answered by `socket.updated` or `socket.denied`. */
  | { type: 'configure'; repliesAllowed: boolean; keptTools: readonly string[] | undefined }
  /** The session is as it was asked for: tell it what the call has come to, and let it hear the caller. */
  | { type: 'begin' }
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
  /** Owns one socket to the model, from the first attempt to the last byte. Tells `SocketFact`s and `ConversationFact`s. */
  modelLeg: actorSlot<SocketOrder, SessionInput>('modelLeg'),
};

export type SessionPorts = typeof sessionPorts;
