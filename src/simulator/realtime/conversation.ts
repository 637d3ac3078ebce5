import type { ConversationItem } from '../../protocol/realtime-items.ts';
import type { Prompt } from './answers.ts';
import { type Refusal, refusal } from './refusal.ts';
import { newId } from './wire.ts';

/** An item as it stands on the wire. */
export interface WireItem {
  readonly id: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** An item and what only this side knows of it. */
export interface Entry {
  wire: WireItem;
  /** Words of the caller: known later when they were spoken. */
  readonly words?: Promise<string | undefined> | undefined;
  /** How much audio the model made for it, in ms. */
  audioMs: number;
}

/** The items of a session, in order, as the model remembers them. */
export class Conversation {
  readonly id = newId('conv');
  #entries: Entry[] = [];

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  get lastId(): string | null {
    return this.#entries.at(-1)?.wire.id ?? null;
  }

  /** Adds at the end. */
  append(entry: Entry): Entry {
    this.#entries.push(entry);
    return entry;
  }

  /** The id before an item, null for the first. */
  before(id: string): string | null {
    const at = this.#entries.findIndex(({ wire }) => wire.id === id);
    return this.#entries[at - 1]?.wire.id ?? null;
  }

  find(id: string): Entry | undefined {
    return this.#entries.find(({ wire }) => wire.id === id);
  }

  /** Puts an item of the client where it wants it. */
  create(item: ConversationItem, previousId: string | undefined): Entry | Refusal {
    const id = item.id ?? newId('item');
    if (this.find(id) !== undefined) {
      return refusal('invalid_value', `An item with id '${id}' exists already.`, 'item.id');
    }
    if (item.type === 'function_call_output' && !this.#hasCall(item.call_id)) {
      return refusal('invalid_value', `No tool call with call_id '${item.call_id}' exists.`, 'item.call_id');
    }
    const at = previousId === 'root' ? 0 : this.#after(previousId);
    if (at === undefined) {
      return refusal('item_not_found', `Item '${previousId ?? ''}' does not exist.`, 'previous_item_id');
    }
    const wire: WireItem = { ...item, id, object: 'realtime.item', status: 'completed' };
    const entry: Entry = { wire, words: typedWords(item), audioMs: 0 };
    this.#entries.splice(at, 0, entry);
    return entry;
  }

  delete(id: string): Refusal | undefined {
    if (this.find(id) === undefined) {
      return refusal('item_delete_invalid_item_id', `Item '${id}' does not exist.`, 'item_id');
    }
    this.#entries = this.#entries.filter(({ wire }) => wire.id !== id);
    return undefined;
  }

  /**
   * Cuts the memory of what the agent said; its transcript is gone then.
   * @param shorterByMs - how much less audio this side counts than it sent.
   */
  truncate(id: string, contentIndex: number, endMs: number, shorterByMs: number): Refusal | undefined {
    const entry = this.find(id);
    if (entry === undefined) {
      return refusal('item_truncate_invalid_item_id', `Item '${id}' does not exist.`, 'item_id');
    }
    if (entry.wire['role'] !== 'assistant' || entry.audioMs === 0) {
      const message = 'Only model output audio messages can be truncated.';
      return refusal('unsupported_content_type', message, 'item_id');
    }
    if (contentIndex !== 0) {
      return refusal(
        'invalid_value',
        `Item '${id}' has no content ${String(contentIndex)}.`,
        'content_index',
      );
    }
    const lengthMs = Math.max(0, Math.floor(entry.audioMs - shorterByMs));
    if (endMs > lengthMs) {
      const message = `Audio content of ${String(lengthMs)}ms is already shorter than ${String(endMs)}ms`;
      return refusal('invalid_value', message, 'audio_end_ms');
    }
    entry.audioMs = endMs + shorterByMs;
    entry.wire = { ...entry.wire, content: [{ type: 'output_audio' }] };
    return undefined;
  }

  /** What is to be answered now: what came after the agent last spoke or called a tool. */
  async prompt(): Promise<Prompt> {
    const last = this.#entries.findLastIndex(
      (entry) => hasSpoken(entry) || entry.wire.type === 'function_call',
    );
    const since = this.#entries.slice(last + 1);
    const said = since.findLast(({ words }) => words !== undefined);
    if (said !== undefined) return { type: 'words', words: await said.words };
    const outputs = since
      .filter(({ wire }) => wire.type === 'function_call_output')
      .map(({ wire }) => ({ callId: String(wire['call_id']), output: String(wire['output']) }));
    if (outputs.length > 0) return { type: 'outputs', outputs };
    return { type: 'nothing', isFirst: last < 0 };
  }

  #hasCall(callId: string): boolean {
    return this.#entries.some(({ wire }) => wire.type === 'function_call' && wire['call_id'] === callId);
  }

  #after(id: string | undefined): number | undefined {
    if (id === undefined) return this.#entries.length;
    const at = this.#entries.findIndex(({ wire }) => wire.id === id);
    return at < 0 ? undefined : at + 1;
  }
}

/** An answer that was cancelled before its first sound has answered nothing. */
function hasSpoken({ wire, audioMs }: Entry): boolean {
  if (wire['role'] !== 'assistant') return false;
  const parts = Array.isArray(wire['content'])
    ? (wire['content'] as Readonly<Record<string, unknown>>[])
    : [];
  return audioMs > 0 || parts.some(({ text }) => typeof text === 'string' && text !== '');
}

/** Text of a user's message; other items are nothing to answer. */
export function typedWords(item: ConversationItem): Promise<string> | undefined {
  if (item.type !== 'message' || item.role !== 'user') return undefined;
  const texts = item.content.map((part) =>
    part.type === 'input_text' ? part.text : part.type === 'input_audio' ? (part.transcript ?? '') : '',
  );
  return Promise.resolve(texts.join(' '));
}
