import { MU_LAW_BYTES_PER_MS } from '../../../src/media/mu-law.ts';
import type { Playback } from '../../../src/simulator/carrier/playback.ts';
import { type AgentVoice, audioLength } from './agent-voice.ts';

interface Stretch {
  /** The `media` message, by its number. */
  readonly piece: number;
  /** Where in the item it begins, and how much of it there is, in bytes. */
  readonly from: number;
  readonly bytes: number;
}

/** Audio of an item that did not follow on what was played of it: less than 0 ms were said twice, more were left out. */
export interface Jump {
  readonly itemId: string;
  readonly atMs: number;
  readonly ms: number;
}

/**
 * What the caller's ear got of each item, from the carrier's own record of what
 * it played. Knows nothing of the engine: items are known by their sound.
 */
export class CarrierRecord {
  readonly #playback: Playback;
  readonly #voice: AgentVoice;
  readonly #items = new Map<string, Stretch[]>();
  readonly jumps: Jump[] = [];
  /** Pieces that are of no item, or not where any audio of their item is. */
  readonly strange: number[] = [];

  constructor(playback: Playback, voice: AgentVoice) {
    this.#playback = playback;
    this.#voice = voice;
  }

  /** A `media` message has come, and is in the playback already. */
  add(audio: Buffer, atMs: number): void {
    const utterance = this.#voice.whose(audio);
    if (utterance === undefined) return;
    const stretches = this.#items.get(utterance.itemId) ?? [];
    this.#items.set(utterance.itemId, stretches);
    const expected = this.#nextByte(stretches, atMs);
    const from = this.#voice.placeOf(utterance, audio, expected) ?? expected;
    const piece = this.#playback.pieces.length - 1;
    if (Number.isNaN(from)) {
      this.strange.push(piece);
      return;
    }
    if (from !== expected) {
      this.jumps.push({ itemId: utterance.itemId, atMs, ms: (from - expected) / MU_LAW_BYTES_PER_MS });
    }
    stretches.push({ piece, from, bytes: audioLength(audio) });
  }

  /** How far into an item the caller has heard by a time that has come, in ms. */
  heardMs(itemId: string, atMs: number): number {
    let heard = 0;
    for (const stretch of this.#items.get(itemId) ?? []) {
      const bytes = this.#played(stretch, atMs);
      if (bytes > 0) heard = Math.max(heard, stretch.from + bytes);
    }
    return heard / MU_LAW_BYTES_PER_MS;
  }

  /** When an item began to be heard; undefined before. */
  startedAtMs(itemId: string): number | undefined {
    const [first] = this.#items.get(itemId) ?? [];
    return first === undefined ? undefined : this.#playback.pieces[first.piece]?.startsAtMs;
  }

  get itemIds(): string[] {
    return [...this.#items.keys()];
  }

  /** What was cut by a clear is not followed on: the item goes on where it was heard. */
  #nextByte(stretches: readonly Stretch[], atMs: number): number {
    const last = stretches.at(-1);
    if (last === undefined) return 0;
    const piece = this.#playback.pieces[last.piece];
    const isCut = piece !== undefined && piece.audibleBytes < piece.audio.length;
    if (!isCut) return last.from + last.bytes;
    let heard = 0;
    for (const stretch of stretches) {
      const bytes = this.#played(stretch, atMs);
      if (bytes > 0) heard = stretch.from + bytes;
    }
    return heard;
  }

  #played({ piece: index, bytes }: Stretch, atMs: number): number {
    const piece = this.#playback.pieces[index];
    if (piece === undefined) return 0;
    const played = Math.floor((atMs - piece.startsAtMs) * MU_LAW_BYTES_PER_MS);
    return Math.max(0, Math.min(played, piece.audibleBytes, bytes));
  }
}
