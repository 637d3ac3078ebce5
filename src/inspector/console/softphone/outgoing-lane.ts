import { encodeMuLaw } from '../../../media/g711.ts';
import { FRAME_BYTES, SILENCE } from '../../../media/mu-law.ts';
import { Resampler } from '../../../media/resampler.ts';

const PHONE_HZ = 8000;
const FRAMES_PER_SECOND = 50;
const FULL_SCALE = 32_768;

export interface OutgoingLaneListener {
  /**
   * 20 ms of the caller are due: mu-law of 160 bytes, and the loudest sample in it, from 0 to 1. The bytes are the
   * listener's. `typed`: the words of what begins with this frame, where they were typed.
   */
  frame(audio: Uint8Array, peak: number, typed: string | undefined): void;
  /** Everything that was to be said has gone out. */
  said(): void;
}

/**
 * The caller's side of the line: a frame every 20 ms, whatever there is to hear.
 *
 * The audio device is its clock: it is pushed what the microphone gave, or as
 * much silence when there is none, and a frame leaves whenever 20 ms are full.
 * What is to be said by the built-in voice takes the microphone's place.
 */
export class OutgoingLane {
  isMuted = false;
  readonly #listener: OutgoingLaneListener;
  readonly #resampler: Resampler;
  readonly #block: Int16Array;
  #filled = 0;
  #peak = 0;
  readonly #frame = new Uint8Array(FRAME_BYTES);
  #framed = 0;
  #words: { readonly audio: Uint8Array; readonly typed: string | undefined }[] = [];
  #spoken = 0;

  /** @param inputHz - the microphone's rate. */
  constructor(inputHz: number, listener: OutgoingLaneListener) {
    this.#listener = listener;
    this.#resampler = new Resampler(inputHz, PHONE_HZ);
    this.#block = new Int16Array(Math.round(inputHz / FRAMES_PER_SECOND));
  }

  /** Takes one tick of the device: what the microphone heard, or without one how many samples passed. */
  push(heard: Float32Array | number): void {
    const length = typeof heard === 'number' ? heard : heard.length;
    for (let i = 0; i < length; i++) {
      const sample = typeof heard === 'number' || this.isMuted ? 0 : (heard[i] ?? 0);
      this.#peak = Math.max(this.#peak, Math.abs(sample));
      this.#block[this.#filled++] = Math.max(
        -FULL_SCALE,
        Math.min(FULL_SCALE - 1, Math.round(sample * FULL_SCALE)),
      );
      if (this.#filled === this.#block.length) this.#closeBlock();
    }
  }

  /** Says mu-law audio after what is being said. `typed`: its words. */
  say(audio: Uint8Array, typed?: string): void {
    if (audio.length > 0) this.#words.push({ audio, typed });
  }

  #closeBlock(): void {
    this.#filled = 0;
    const codes = encodeMuLaw(this.#resampler.push(this.#block));
    for (const code of codes) {
      this.#frame[this.#framed++] = code;
      if (this.#framed === FRAME_BYTES) this.#send();
    }
  }

  #send(): void {
    this.#framed = 0;
    const words = this.#words[0];
    const heard = this.#frame.slice();
    const peak = Math.min(1, this.#peak);
    this.#peak = 0;
    if (words === undefined) {
      this.#listener.frame(heard, peak, undefined);
      return;
    }
    const piece = words.audio.subarray(this.#spoken, this.#spoken + FRAME_BYTES);
    const frame = heard.fill(SILENCE);
    frame.set(piece);
    this.#listener.frame(frame, peakOf(piece), this.#spoken === 0 ? words.typed : undefined);
    this.#spoken += FRAME_BYTES;
    if (this.#spoken < words.audio.length) return;
    this.#words.shift();
    this.#spoken = 0;
    if (this.#words.length === 0) this.#listener.said();
  }
}

/** Loudest code: mu-law magnitudes are logarithmic, so the linear one is looked up. */
function peakOf(codes: Uint8Array): number {
  let loudest = 0;
  for (const code of codes) loudest = Math.max(loudest, ~code & 0x7f);
  // The expansion of G.711: 33 in the mantissa's half steps, doubled with each segment.
  const magnitude = ((((loudest & 0x0f) << 1) + 33) << (loudest >> 4)) - 33;
  return magnitude / 8192;
}
