/** What an item is going to be, when nothing stops it. */
export interface ItemPlan {
  readonly itemId: string;
  readonly ms: number;
  readonly words: readonly string[];
  /** How far the words run ahead of their audio, in ms. */
  readonly wordsLeadMs: number;
  /** False for a response beside the conversation: nothing of it can be cut, and nothing is remembered. */
  readonly isInConversation: boolean;
}

/** What the far end remembers of one thing that the agent said. */
export interface RememberedItem extends ItemPlan {
  /** Audio that was made, in ms. */
  madeMs: number;
  /** Audio that is remembered, in ms. */
  rememberedMs: number;
  isDeleted: boolean;
  isTruncated: boolean;
  /** It was stopped before its end. */
  isCutShort: boolean;
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** The conversation at the far end, as far as it is the agent's: the client's cuts are applied to it. */
export class ModelMemory {
  readonly items = new Map<string, RememberedItem>();
  readonly calls = new Set<string>();
  readonly outputs: string[] = [];
  readonly refusals: Refusal[] = [];
  /** The service's own length of an item is so much shorter than its audio. */
  readonly #shorterByMs: number;

  constructor(shorterByMs = 0) {
    this.#shorterByMs = shorterByMs;
  }

  begin(plan: ItemPlan): RememberedItem {
    const item = {
      ...plan,
      madeMs: 0,
      rememberedMs: 0,
      isDeleted: false,
      isTruncated: false,
      isCutShort: false,
    };
    this.items.set(plan.itemId, item);
    return item;
  }

  made(item: RememberedItem, ms: number): void {
    item.madeMs += ms;
    if (!item.isTruncated && !item.isDeleted) item.rememberedMs = item.madeMs;
  }

  truncate(itemId: string, endMs: number): Refusal | undefined {
    const item = this.#find(itemId);
    if (item === undefined) return this.#refuse('item_truncate_invalid_item_id', 'no such item');
    if (item.madeMs === 0) {
      return this.#refuse('unsupported_content_type', 'Only model output audio messages can be truncated');
    }
    const lengthMs = item.rememberedMs - this.#shorterByMs;
    if (endMs > lengthMs) {
      const message = `Audio content of ${String(lengthMs)}ms is already shorter than ${String(endMs)}ms`;
      return this.#refuse('invalid_value', message);
    }
    item.isTruncated = true;
    item.rememberedMs = endMs;
    return undefined;
  }

  delete(itemId: string): Refusal | undefined {
    const item = this.#find(itemId);
    if (item === undefined) return this.#refuse('item_delete_invalid_item_id', 'no such item');
    item.isDeleted = true;
    item.rememberedMs = 0;
    return undefined;
  }

  answer(callId: string): Refusal | undefined {
    if (!this.calls.has(callId)) return this.#refuse('invalid_value', 'no such tool call');
    this.outputs.push(callId);
    return undefined;
  }

  #find(itemId: string): RememberedItem | undefined {
    const item = this.items.get(itemId);
    return item === undefined || item.isDeleted || !item.isInConversation ? undefined : item;
  }

  #refuse(code: string, message: string): Refusal {
    const refusal = { code, message };
    this.refusals.push(refusal);
    return refusal;
  }
}
