import type { AudioTag, HeardItem, Playing } from '../../../media/heard.ts';
import { cutText, MAX_LINE_CHARS } from '../../../protocol/transcript-line.ts';
import { textOf, type WordPiece, wordsUpTo } from './heard-words.ts';

interface TrackedItem {
  readonly session: number;
  readonly pieces: WordPiece[];
  /** How many more words it takes, in characters. */
  room: number;
  /** Ms of audio received, all content parts together. */
  receivedMs: number;
  isOutOfBand: boolean;
  /** Said by a clip: whoever plays it knows its length. */
  readonly isClip: boolean;
  /** The far end stopped in the middle: the rest was never spoken. */
  isCutShort: boolean;
  /** The far end has finished it: there is no more of it than was received. */
  isWhole: boolean;
  /** True when audio of it came after it was dropped. */
  hasDropped: boolean;
}

/** The words of an item whose fate is not decided. */
export interface UndecidedItem {
  readonly itemId: string;
  /** What was heard of them. */
  readonly text: string;
  /** What has come of the rest, with the space before it. */
  readonly ahead: string;
}

/** The fate of an item. */
export interface ItemFate {
  /** What was heard of it, as it goes into the transcript. */
  readonly text: string;
  /** The words that came of it and were not heard; empty when all were. */
  readonly unheard: string;
  readonly interrupted: boolean;
  /** The far end had finished it: it has no more audio than was received. */
  readonly isWhole: boolean;
  /** The far end remembers more of it than was received. */
  readonly hasDropped: boolean;
  /** The session that runs now has it in its memory: it can be cut there. */
  readonly isInMemory: boolean;
  /** A session that is gone has said it in the conversation. */
  readonly isOfEarlier: boolean;
  /** No session has it in its memory: what was heard is to be told. */
  readonly isClip: boolean;
}

/**
 * What the agent has said in a call: audio and words of each item, until its fate is known.
 *
 * The service forgets the words of an item that is cut, so they are kept here.
 * One track serves a call for as long as it lives, over every session: what the
 * last session said may be settled after the next one has begun.
 */
export class ItemTrack {
  readonly #items = new Map<string, TrackedItem>();
  /** Ids only: the words are in the transcript by now. */
  readonly #settled = new Set<string>();
  #session = 0;

  /** A new session begins: it knows nothing of the items of the one before. */
  beginSession(): void {
    this.#session++;
  }

  /** How many sessions there were, with the one that the caller is in. */
  get sessions(): number {
    return this.#session;
  }

  /** Audio of an item was passed on, and what was heard of it is not known yet. */
  get isAnyOpen(): boolean {
    return [...this.#items.values()].some(({ receivedMs }) => receivedMs > 0);
  }

  /** A clip says this as an item of that id. */
  clip(itemId: string, text: string): void {
    this.#add(itemId, true).pieces.push({ text, atMs: 0 });
  }

  /** Audio of an item has come. True for the first of it. */
  audio({ itemId }: AudioTag, ms: number, isOutOfBand: boolean): boolean {
    const item = this.#find(itemId);
    if (item === undefined) return false;
    const isFirst = item.receivedMs === 0;
    item.receivedMs += ms;
    item.isOutOfBand = isOutOfBand;
    return isFirst;
  }

  /** Words of an item have come; they run ahead of its audio. */
  words(itemId: string, text: string): void {
    const item = this.#find(itemId);
    if (item === undefined || item.room === 0) return;
    item.pieces.push({ text: cutText(text, item.room), atMs: item.receivedMs });
    item.room = Math.max(0, item.room - text.length);
  }

  /** All the words of an item: they count where the pieces did not come, or not all of them. */
  finalWords(itemId: string, all: string): void {
    const item = this.#find(itemId);
    if (item === undefined || item.room === 0) return;
    const text = cutText(all, MAX_LINE_CHARS);
    const known = textOf(item.pieces);
    if (known === text) return;
    const isLonger = text.startsWith(known);
    if (!isLonger) item.pieces.length = 0;
    // When it was said is not known: no bound by time, only by proportion.
    const atMs = item.pieces.at(-1)?.atMs ?? 0;
    item.pieces.push({ text: isLonger ? text.slice(known.length) : text, atMs });
  }

  /** Audio of the item was passed on, or its fate is decided. */
  isKnown(itemId: string): boolean {
    return this.#settled.has(itemId) || (this.#items.get(itemId)?.receivedMs ?? 0) > 0;
  }

  /** Audio of the item came after its response was cancelled. */
  audioDropped(itemId: string): void {
    const item = this.#items.get(itemId);
    if (item !== undefined) item.hasDropped = true;
  }

  /** The far end has finished the item. */
  whole(itemId: string): void {
    const item = this.#items.get(itemId);
    if (item !== undefined) item.isWhole = true;
  }

  /** The far end stopped before the item's end. */
  cutShort(itemId: string): void {
    const item = this.#items.get(itemId);
    if (item !== undefined) item.isCutShort = true;
  }

  /** What is being said: items of which audio or words have come, in order. Changes nothing. */
  spoken(playing: readonly Playing[]): UndecidedItem[] {
    const spoken: UndecidedItem[] = [];
    for (const [itemId, { pieces, receivedMs, isClip }] of this.#items) {
      const parts = playing.filter((part) => part.itemId === itemId);
      const heardMs = parts.reduce((sum, part) => sum + part.heardMs, 0);
      const ofMs = isClip ? parts.reduce((sum, part) => sum + part.receivedMs, 0) : receivedMs;
      const words = textOf(pieces).trim();
      if (words === '' || ofMs === 0) continue;
      const text = wordsUpTo(pieces, heardMs, ofMs);
      spoken.push({ itemId, text, ahead: words.slice(text.length) });
    }
    return spoken;
  }

  /**
   * Decides the fate of an item, once.
   * @param parts - what was heard of each of its content parts.
   * @returns undefined when the item had no audio, is not the model's, or has its fate already.
   */
  settle(itemId: string, parts: readonly HeardItem[]): ItemFate | undefined {
    const item = this.#items.get(itemId);
    if (item === undefined) return undefined;
    const { hasDropped, isClip, isWhole, pieces, session } = item;
    const receivedMs = isClip ? parts.reduce((sum, part) => sum + part.receivedMs, 0) : item.receivedMs;
    if (receivedMs === 0) return undefined;
    this.#items.delete(itemId);
    this.#settled.add(itemId);
    const where = {
      hasDropped,
      isClip,
      isWhole,
      isInMemory: session === this.#session && !item.isOutOfBand && !isClip,
      isOfEarlier: session !== this.#session && !item.isOutOfBand && !isClip,
    };
    const isHeard = (part: HeardItem) => part.complete || (isWhole && part.heardMs >= part.receivedMs);
    const words = textOf(pieces).trim();
    if (parts.every(isHeard) && !item.isCutShort) {
      return { text: words, unheard: '', interrupted: false, ...where };
    }
    const heardMs = parts.reduce((sum, part) => sum + Math.max(0, part.heardMs), 0);
    const text = wordsUpTo(pieces, heardMs, receivedMs);
    return { text, unheard: restOf(words, text), interrupted: true, ...where };
  }

  #find(itemId: string): TrackedItem | undefined {
    if (this.#settled.has(itemId)) return undefined;
    return this.#items.get(itemId) ?? this.#add(itemId, false);
  }

  #add(itemId: string, isClip: boolean): TrackedItem {
    const item: TrackedItem = {
      session: this.#session,
      pieces: [],
      room: MAX_LINE_CHARS,
      receivedMs: 0,
      isOutOfBand: false,
      isClip,
      isCutShort: false,
      isWhole: false,
      hasDropped: false,
    };
    this.#items.set(itemId, item);
    return item;
  }
}

/** What follows the words that were heard; a mere full stop is nothing that anybody missed. */
function restOf(words: string, heard: string): string {
  const rest = words.slice(heard.length).trim();
  return /[\p{L}\p{N}]/u.test(rest) ? rest : '';
}
