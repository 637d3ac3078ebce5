import type { RememberedItem } from './model-memory.ts';
import type { TurnTakingRoom } from './room.ts';

/** How far the engine may be from what the carrier played, in ms. Less than was heard is the safe side. */
export interface Tolerance {
  readonly lessMs: number;
  readonly moreMs: number;
}

/** The end of an item that a resampler keeps to itself, in ms. */
const TAIL_MS = { pcmu: 0.2, pcm16: 5 };
/** Where audio does not tell its place, a part of a frame is not seen at each pause. */
const PAUSES_MS = 40;

/**
 * Holds what the engine made of everything that the agent said against what the
 * caller heard of it: the model's memory after all cuts, and the transcript.
 */
export class Verdict {
  readonly faults: string[] = [];
  /** Of each cut: where the memory ends, less what was heard, in ms. */
  readonly errorsMs: number[] = [];
  readonly #room: TurnTakingRoom;
  readonly #tolerance: Tolerance;

  constructor(room: TurnTakingRoom, tolerance: Tolerance) {
    this.#room = room;
    this.#tolerance = tolerance;
    const lines = new Map(room.transcript().map((line) => [line.itemId, line]));
    for (const item of room.model.memory.items.values()) {
      if (item.madeMs === 0) continue;
      const heardMs = room.carrier.record.heardMs(item.itemId, room.carrier.nowMs);
      if (item.isInConversation) this.#memory(item, heardMs);
      this.#words(item, heardMs, lines.get(item.itemId));
    }
  }

  #memory(item: RememberedItem, heardMs: number): void {
    const { isDeleted, isTruncated, madeMs, rememberedMs } = item;
    const { lessMs, moreMs } = this.#tolerance;
    const error = rememberedMs - heardMs;
    const figures = `heard ${String(heardMs)} of ${String(madeMs)}, remembered ${String(rememberedMs)}`;
    if (isTruncated) this.errorsMs.push(error);
    const { bargeIn } = this.#room.options;
    const mode = this.#room.carrier.mode;
    const unseenMs = mode === 'pcm16' && bargeIn === 'confirmed' ? PAUSES_MS : TAIL_MS[mode];
    if (isTruncated || isDeleted) {
      if (error < -lessMs - unseenMs || error > moreMs + unseenMs)
        this.#fault(item, `is cut too far off: ${figures}`);
    } else if (error > moreMs + unseenMs) this.#fault(item, `is remembered whole: ${figures}`);
  }

  #words(
    item: RememberedItem,
    heardMs: number,
    line: { text: string; interrupted: boolean } | undefined,
  ): void {
    const { isCutShort, isDeleted, isTruncated, ms, words, wordsLeadMs } = item;
    const text = words.join(' ');
    if (line === undefined) {
      // A line without a word is no line.
      if (!isDeleted && this.#wordsBy(item, heardMs - this.#tolerance.lessMs).ended > 0) {
        this.#fault(
          item,
          `is not in the transcript, though ${String(heardMs)} of ${String(ms)} ms were heard`,
        );
      }
      return;
    }
    if (!text.startsWith(line.text)) this.#fault(item, `has words that it never had: ${line.text}`);
    // Of what is not remembered nothing is cut; and who can tell the last few ms.
    const isSure = item.isInConversation || item.madeMs - heardMs > 20 + this.#tolerance.moreMs;
    const isCut =
      isDeleted || isTruncated || isCutShort || (!item.isInConversation && heardMs < item.madeMs - 20);
    if (isSure && line.interrupted !== isCut) {
      const figures = `${String(heardMs)} of ${String(item.madeMs)} ms`;
      this.#fault(item, `is ${line.interrupted ? '' : 'not '}marked interrupted at ${figures}`);
    }
    const count = line.text === '' ? 0 : line.text.split(' ').length;
    const least = this.#wordsBy(item, heardMs - this.#tolerance.lessMs).ended;
    const most = this.#wordsBy(item, heardMs + this.#tolerance.moreMs + wordsLeadMs).begun;
    if (count < least || count > most) {
      const range = `${String(least)} to ${String(most)}`;
      this.#fault(
        item,
        `has ${String(count)} words, not ${range}, at ${String(heardMs)} of ${String(ms)} ms`,
      );
    }
  }

  /** Words are said evenly, by their letters. */
  #wordsBy({ ms, words }: RememberedItem, atMs: number): { begun: number; ended: number } {
    const letters = words.reduce((sum, word) => sum + word.length + 1, 0);
    let begun = 0;
    let ended = 0;
    let before = 0;
    for (const word of words) {
      if ((before / letters) * ms < atMs) begun++;
      before += word.length + 1;
      if ((before / letters) * ms <= atMs) ended++;
    }
    return { begun, ended };
  }

  #fault({ itemId }: RememberedItem, what: string): void {
    this.faults.push(`${itemId} ${what}`);
  }
}
