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
  /** Tool calls of the whole call: those of an earlier session are told to this one together with their output. */
  readonly #toolCalls: Map<string, ToolRequest>;
  readonly #unknown = new Set<string>();
  readonly #open = new Set<string>();
  #lastId = 0;

  constructor(
    send: (event: ClientEvent) => void,
    sequencer: ResponseSequencer,
    toolCalls: Map<string, ToolRequest>,
  ) {
    this.#send = send;
    this.#sequencer = sequencer;
    this.#toolCalls = toolCalls;
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
  toolAsked(call: ToolRequest): void {
    this.#toolCalls.set(call.toolCallId, call);
    this.#open.add(call.toolCallId);
    this.#sequencer.toolAsked();
  }

  answerTool(toolCallId: string, output: string): void {
    if (this.#open.delete(toolCallId)) {
      this.#toolCalls.delete(toolCallId);
      this.#create({ type: 'function_call_output', call_id: toolCallId, output });
      this.#sequencer.toolAnswered();
    } else this.#answerEarlier(toolCallId, output);
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

  /** This session did not see the call, and cannot take its output alone. */
  #answerEarlier(toolCallId: string, output: string): void {
    const call = this.#toolCalls.get(toolCallId);
    if (call === undefined) {
      this.addMessage('system', `A tool that was called earlier has answered: ${output}`);
      return;
    }
    this.#toolCalls.delete(toolCallId);
    const { name, argumentsJson } = call;
    this.#create({ type: 'function_call', call_id: toolCallId, name, arguments: argumentsJson });
    this.#create({ type: 'function_call_output', call_id: toolCallId, output });
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
