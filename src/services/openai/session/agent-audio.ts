import type { AudioLine } from '../../../media/audio-line.ts';
import { decodedLength } from '../../../media/base64-text.ts';
import type { AudioTag } from '../../../media/heard.ts';
import { MU_LAW_BYTES_PER_MS } from '../../../media/mu-law.ts';
import type { ItemTrack } from '../memory/item-track.ts';

/** Late deltas come within seconds; there are not that many responses in the time. */
const MAX_ENDED = 32;

interface AudibleResponse {
  readonly isOutOfBand: boolean;
  /** Its audio is dropped until it has ended. */
  isDiscarded: boolean;
  /** The item whose audio comes now. A response may have several. */
  current: AudioTag | undefined;
  /** The far end has finished the current item; its last audio may still come. */
  isCurrentFinal: boolean;
  /** Items of which all audio was dropped: the far end remembers them, and nobody heard them. */
  readonly dropped: Set<string>;
  /** Audio passed on so far. */
  ms: number;
}

/** Turns the session's audio of an item into the line's: the identity when absent. */
export type AgentCodec = (
  itemId: string,
  text: Buffer,
  start: number,
  end: number,
  send: (text: Buffer, start: number, end: number) => void,
) => void;

/**
 * The agent's audio on its way to the caller.
 *
 * A delta passes in the tick in which it came, undecoded. What still arrives of
 * a cancelled response is dropped here, by response id, so that nobody else
 * needs to know. An item ends when the next one begins or its response is done,
 * never at `output_audio.done`: that may come early, or after the next item's audio.
 */
export class AgentAudio {
  readonly #line: AudioLine;
  readonly #items: ItemTrack;
  readonly #codec: AgentCodec | undefined;
  readonly #onItem: (tag: AudioTag) => void;
  readonly #responses = new Map<string, AudibleResponse>();
  readonly #ended = new Set<string>();

  /** @param onItem - the first audio of an item is about to be passed on. */
  constructor(
    line: AudioLine,
    items: ItemTrack,
    codec: AgentCodec | undefined,
    onItem: (tag: AudioTag) => void,
  ) {
    this.#line = line;
    this.#items = items;
    this.#codec = codec;
    this.#onItem = onItem;
  }

  /** A response has begun. */
  begin(responseId: string, isOutOfBand: boolean): void {
    if (!this.#responses.has(responseId)) this.#begin(responseId, isOutOfBand);
  }

  /** Base64 in the session's format, at `text[start, end)`. */
  delta(tag: AudioTag, text: Buffer, start: number, end: number): void {
    if (this.#ended.has(tag.responseId)) return;
    const response = this.#responses.get(tag.responseId) ?? this.#begin(tag.responseId, false);
    if (end === start) return;
    if (response.isDiscarded) {
      if (this.#items.isKnown(tag.itemId)) this.#items.audioDropped(tag.itemId);
      else response.dropped.add(tag.itemId);
      return;
    }
    if (this.#codec === undefined) this.#pass(response, tag, text, start, end);
    else {
      this.#codec(tag.itemId, text, start, end, (coded, from, to) => {
        this.#pass(response, tag, coded, from, to);
      });
    }
  }

  /** Drops the rest of the response's audio. */
  discard(responseId: string): void {
    const response = this.#responses.get(responseId);
    if (response === undefined) return;
    response.isDiscarded = true;
    this.#cutShort(response);
  }

  isDiscarded(responseId: string): boolean {
    return this.#responses.get(responseId)?.isDiscarded === true;
  }

  /** The far end has finished an item, or has stopped in the middle of it. */
  itemFinal(responseId: string, itemId: string, isWhole: boolean): void {
    const response = this.#responses.get(responseId);
    if (response?.current?.itemId !== itemId) return;
    if (isWhole) {
      response.isCurrentFinal = true;
      this.#items.whole(itemId);
    } else this.#cutShort(response);
  }

  /** How much audio of a response was passed on, in whole ms. */
  msOf(responseId: string): number {
    return Math.ceil(this.#responses.get(responseId)?.ms ?? 0);
  }

  /** The far end has finished the item that came last of a response. */
  isItemWhole(responseId: string): boolean {
    return this.#responses.get(responseId)?.isCurrentFinal === true;
  }

  /**
   * No more will come of it. What does come is dropped.
   * @returns the items of the conversation of which all audio was dropped.
   */
  end(responseId: string, isWhole: boolean): readonly string[] {
    const response = this.#responses.get(responseId);
    this.#responses.delete(responseId);
    this.#rememberEnded(responseId);
    if (response === undefined) return [];
    if (response.current !== undefined) {
      if (!isWhole) this.#cutShort(response);
      this.#line.agentItemEnded(response.current);
      this.#line.agentResponseEnded(responseId);
    }
    return response.isOutOfBand ? [] : [...response.dropped];
  }

  /** The session is gone, and with it the rest of everything. */
  endAll(): void {
    for (const responseId of [...this.#responses.keys()]) this.end(responseId, false);
  }

  #begin(responseId: string, isOutOfBand: boolean): AudibleResponse {
    const response: AudibleResponse = {
      isOutOfBand,
      isDiscarded: false,
      current: undefined,
      isCurrentFinal: false,
      dropped: new Set(),
      ms: 0,
    };
    this.#responses.set(responseId, response);
    return response;
  }

  #pass(response: AudibleResponse, tag: AudioTag, text: Buffer, start: number, end: number): void {
    const { current } = response;
    if (current?.itemId !== tag.itemId || current.contentIndex !== tag.contentIndex) {
      if (current !== undefined) this.#line.agentItemEnded(current);
      response.current = tag;
      response.isCurrentFinal = false;
    }
    const ms = decodedLength(text, start, end) / MU_LAW_BYTES_PER_MS;
    response.ms += ms;
    if (this.#items.audio(tag, ms, response.isOutOfBand)) this.#onItem(tag);
    this.#line.agentAudio(tag, text, start, end);
  }

  #cutShort({ current, isCurrentFinal }: AudibleResponse): void {
    if (current !== undefined && !isCurrentFinal) this.#items.cutShort(current.itemId);
  }

  #rememberEnded(responseId: string): void {
    this.#ended.add(responseId);
    for (const oldest of this.#ended) {
      if (this.#ended.size <= MAX_ENDED) return;
      this.#ended.delete(oldest);
    }
  }
}
