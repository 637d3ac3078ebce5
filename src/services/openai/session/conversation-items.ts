import type { ToolRequest } from '../../../machines/call/call.events.ts';
import type { ClientEvent } from '../../../protocol/realtime-client-events.ts';
import type { ConversationItem } from '../../../protocol/realtime-items.ts';
import type { ResponseSequencer } from './response-sequencer.ts';

/** Ids and event ids of what this side puts into the conversation: short, as the service wants client-made ids. */
const OWN = 'callchart_';

/**
 * What this side puts into the conversation: messages, tool outputs, the end of a turn.
 *
 * The service answers in the order sent. Which items it knows decides whether a
 * response that it began by itself has used them, so the sequencer is told.
 */
export class ConversationItems {
  readonly #send: (event: ClientEvent) => void;
  readonly #sequencer: ResponseSequencer;
  readonly #unknown = new Set<string>();
  readonly #open = new Set<string>();
  #lastId = 0;

  constructor(send: (event: ClientEvent) => void, sequencer: ResponseSequencer) {
    this.#send = send;
    this.#sequencer = sequencer;
  }

  /** @param place - `root`: in front of everything else. */
  addMessage(role: 'user' | 'system' | 'assistant', text: string, place?: 'root'): void {
    this.#create(
      role === 'assistant'
        ? agentMessage(text)
        : { type: 'message', role, content: [{ type: 'input_text', text }] },
      place,
    );
  }

  /** This session's model has called a tool, and waits. */
  toolAsked({ toolCallId }: ToolRequest): void {
    this.#open.add(toolCallId);
    this.#sequencer.toolAsked();
  }

  /** A session that is gone has called a tool. This one knows it, and waits for what has no answer yet. */
  recallTool(request: ToolRequest, output: string | undefined): void {
    const { toolCallId, name, argumentsJson } = request;
    this.#create({ type: 'function_call', call_id: toolCallId, name, arguments: argumentsJson });
    if (output === undefined) this.toolAsked(request);
    else this.#create({ type: 'function_call_output', call_id: toolCallId, output });
  }

  /** Of a call that is open. Any other answer is counted as wrong, and not sent: the far end refuses it. */
  answerTool(toolCallId: string, output: string): void {
    if (this.#open.delete(toolCallId))
      this.#create({ type: 'function_call_output', call_id: toolCallId, output });
    this.#sequencer.toolAnswered();
  }

  /** A call that nobody will run: left without an output, it would wait for ever. */
  declineTool(toolCallId: string): void {
    this.#create({ type: 'function_call_output', call_id: toolCallId, output: '{"error":"cancelled"}' });
  }

  /** Ends the caller's turn; answered by `input_audio_buffer.committed`. */
  commitTurn(): void {
    if (!this.#unknown.has(COMMIT)) this.#sequencer.itemSent();
    this.#unknown.add(COMMIT);
    this.#send({ type: 'input_audio_buffer.commit', event_id: COMMIT });
  }

  /** An item of that id is in the conversation, whoever put it there. */
  itemAdded(id: string): void {
    this.#settle(id);
  }

  turnCommitted(): void {
    this.#settle(COMMIT);
  }

  /** The far end has refused an event. True when it was one of these. */
  refused(eventId: string): boolean {
    return this.#settle(eventId);
  }

  #create(item: ConversationItem, after?: 'root'): void {
    const id = `${OWN}${String(++this.#lastId)}`;
    this.#unknown.add(id);
    this.#sequencer.itemSent();
    const place = after === undefined ? {} : { previous_item_id: after };
    this.#send({ type: 'conversation.item.create', event_id: id, ...place, item: { ...item, id } });
  }

  #settle(id: string): boolean {
    if (!this.#unknown.delete(id)) return false;
    this.#sequencer.itemKnown();
    return true;
  }
}

const COMMIT = `${OWN}commit`;

/** What the agent has said goes in as text: the service takes no audio of the assistant's. */
const agentMessage = (text: string): ConversationItem => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text }],
});
