import { decodeMuLaw } from '../../../src/media/g711.ts';
import { MU_LAW_BYTES_PER_MS, SILENCE } from '../../../src/media/mu-law.ts';

export type AudioMode = 'pcmu' | 'pcm16';

export const MODEL_BYTES_PER_MS: Readonly<Record<AudioMode, number>> = { pcmu: 8, pcm16: 48 };

/** Items that sound different; silence sounds like none of them. */
const COLOURS = 14;
const LONGEST_MS = 12_000;

/** Mu-law whose bytes say which item they are of, and, some of them together, which part of it. */
const MU_LAW = Array.from({ length: COLOURS }, (_, colour) =>
  Buffer.from(
    Uint8Array.from(
      { length: LONGEST_MS * MU_LAW_BYTES_PER_MS },
      (_unused, at) => (colour << 4) | (Math.imul(at ^ (at >>> 7) ^ 0x5bd1, 0x9e3779b1) >>> 28),
    ),
  ),
);

/** A steady level: what a resampler leaves unchanged. */
const PCM16 = Array.from({ length: COLOURS }, (_, colour) => {
  const [level = 0] = decodeMuLaw(Uint8Array.of((colour << 4) | 8));
  const samples = new Int16Array(LONGEST_MS * 24).fill(level);
  return Buffer.from(samples.buffer);
});

/** What the agent says in one item, as audio that can be told from any other's. */
export interface Utterance {
  readonly itemId: string;
  readonly colour: number;
}

/** Gives every item its sound, and knows items by it. */
export class AgentVoice {
  readonly mode: AudioMode;
  readonly #latest: (Utterance | undefined)[] = [];
  #count = 0;

  constructor(mode: AudioMode) {
    this.mode = mode;
  }

  begin(itemId: string): Utterance {
    const utterance = { itemId, colour: this.#count++ % COLOURS };
    this.#latest[utterance.colour] = utterance;
    return utterance;
  }

  /** Bytes of the model's format. */
  audio({ colour }: Utterance, from: number, to: number): Buffer {
    return ((this.mode === 'pcmu' ? MU_LAW : PCM16)[colour] ?? Buffer.alloc(0)).subarray(from, to);
  }

  /** Whose audio a piece of mu-law is: looked up in its middle, where no filter settles. Undefined for a clip. */
  whose(piece: Buffer): Utterance | undefined {
    const byte = piece[audioLength(piece) >> 1] ?? SILENCE;
    return byte === CLIP_BYTE ? undefined : this.#latest[byte >> 4];
  }

  /** Where in its item a piece is, in bytes of mu-law; undefined where its sound does not tell. */
  placeOf({ colour }: Utterance, piece: Buffer, expected: number): number | undefined {
    if (this.mode === 'pcm16') return undefined;
    const whole = MU_LAW[colour] ?? Buffer.alloc(0);
    const audio = piece.subarray(0, audioLength(piece));
    const isThere = (at: number) => whole.subarray(at, at + audio.length).equals(audio);
    // A few bytes are like many others.
    if (audio.length < 32 || isThere(expected)) return expected;
    const at = whole.indexOf(audio);
    return at === -1 ? NaN : at;
  }
}

/** What clips of a simulation are made of. */
export const CLIP_BYTE = 0xef;

/** Bytes of a piece without the silence that fills its last frame. */
export function audioLength(piece: Buffer): number {
  let length = piece.length;
  while (length > 0 && piece[length - 1] === SILENCE) length--;
  return length;
}
