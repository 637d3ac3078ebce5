import type { AgentAudioSink } from '../../../media/audio-line.ts';
import type { AudioTag, HeardItem } from '../../../media/heard.ts';
import { MU_LAW_BYTES_PER_MS } from '../../../media/mu-law.ts';

/** A phone's end of a line that keeps what it gets instead of playing it. */
export class GatheredAudio implements AgentAudioSink {
  readonly #items = new Map<string, { tag: AudioTag; bytes: number }>();
  readonly #pieces: Buffer[] = [];

  agentAudio(tag: AudioTag, text: Buffer, start: number, end: number): void {
    const piece = Buffer.from(text.toString('latin1', start, end), 'base64');
    this.#pieces.push(piece);
    const key = `${tag.itemId} ${String(tag.contentIndex)}`;
    const item = this.#items.get(key) ?? { tag, bytes: 0 };
    item.bytes += piece.length;
    this.#items.set(key, item);
  }

  agentItemEnded(): void {
    // What was gathered is asked for when the response is over.
  }

  agentResponseEnded(): void {
    // The same.
  }

  /** Everything, in the order in which it is to be heard. */
  get muLaw(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  /** Every item, as if it had been heard to its end. */
  get items(): HeardItem[] {
    return [...this.#items.values()].map(({ tag, bytes }) => {
      const ms = Math.floor(bytes / MU_LAW_BYTES_PER_MS);
      return { ...tag, receivedMs: ms, sentMs: ms, heardMs: ms, complete: true };
    });
  }
}
