import type { ToolRequest } from '../call/call.events.ts';
import type {
  ConversationFact,
  History,
  ModelOrder,
  RememberedMessage,
  RememberedTool,
  Role,
} from './session.events.ts';

/** The facts that the conversation consists of. Others leave it as it is, and cost it nothing. */
export type RememberedFact = Extract<
  ConversationFact,
  { type: `agent.${string}` | 'caller.committed' | 'caller.said' | 'tool.requested' }
>;
/** What is put into it, and the outputs of its tools. */
type RememberedOrder = Extract<ModelOrder, { type: 'addMessage' | 'answerTool' }>;

/** What the conversation has come to by what was told. The same for the session that hears it and for whoever reads its rows. */
export function historyAfter(history: History, told: RememberedFact | RememberedOrder): History {
  switch (told.type) {
    case 'agent.startedItem':
      return withPlace(history, 'assistant', told.itemId);
    case 'agent.said':
      return withWords(history, 'assistant', told.itemId, told.text);
    case 'caller.committed':
      return withPlace(history, 'user', told.itemId);
    case 'caller.said':
      return withWords(history, 'user', told.itemId, told.text);
    case 'tool.requested':
      return withTool(history, told.request);
    case 'addMessage':
      return withMessage(history, told.role, told.text);
    case 'answerTool':
      return withOutput(history, told.toolCallId, told.output);
  }
}

/** A message that is complete. */
const withMessage = (history: History, role: Role, text: string): History => [...history, { role, text }];

/** An item has its place in the conversation. Its words come later, or never. */
const withPlace = (history: History, role: Role, itemId: string): History =>
  history.some((one) => isItem(one, itemId)) ? history : [...history, { role, itemId, text: undefined }];

/** The words of an item; at its place, where it has one. */
export const withWords = (history: History, role: Role, itemId: string, text: string): History =>
  withPlace(history, role, itemId).map((one) => (isItem(one, itemId) ? { role, itemId, text } : one));

/** The model has called a tool. */
const withTool = (history: History, request: ToolRequest): History => [
  ...history,
  { request, output: undefined },
];

/** A tool call has its answer. One that is not known is left to the session that knows it. */
const withOutput = (history: History, toolCallId: string, output: string): History =>
  history.map((one) =>
    'request' in one && one.request.toolCallId === toolCallId ? { ...one, output } : one,
  );

const isItem = (one: RememberedMessage | RememberedTool, itemId: string) =>
  'role' in one && one.itemId === itemId;
