import { encodeMuLaw } from '../../src/media/g711.ts';
import { FRAME_BYTES, SILENCE } from '../../src/media/mu-law.ts';
import { Resampler } from '../../src/media/resampler.ts';

const PHONE_HZ = 8000;
const FRAMES_PER_SECOND = 50;
const FULL_SCALE = 32_768;

export interface OutgoingLaneListener {
  /**
   * Called every 20 ms with the caller's audio, 160 bytes of mu-law, and its loudest sample, from 0 to 1. The bytes
   * belong to the listener. `typed`: the typed words that begin with this frame; undefined for others.
   */
  frame(audio: Uint8Array, peak: number, typed: string | undefined): void;
  /** Called when all audio of the built-in voice has been sent. */
  said(): void;
}

/**
 * Makes the caller's audio: a frame every 20 ms, silence too.
 *
 * The audio device is its clock: each tick pushes what the microphone heard, or as
 * much silence when there is no microphone, and a frame leaves when 20 ms are full.
 * The audio of the built-in voice takes the place of the microphone's.
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

  /** @param inputHz - the sample rate of the microphone, in Hz. */
  constructor(inputHz: number, listener: OutgoingLaneListener) {
    this.#listener = listener;
    this.#resampler = new Resampler(inputHz, PHONE_HZ);
    this.#block = new Int16Array(Math.round(inputHz / FRAMES_PER_SECOND));
  }

  /** Takes one tick of the device: the samples of the microphone, from -1 to 1, or their number when there is none. */
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

  /** Sends mu-law audio, after the audio that is being sent. `typed`: its words. */
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

/** The loudest sample of mu-law codes, from 0 to 1: mu-law is logarithmic, this is linear. */
function peakOf(codes: Uint8Array): number {
  let loudest = 0;
  for (const code of codes) loudest = Math.max(loudest, ~code & 0x7f);
  // G.711 expansion: 33 is its bias, in half steps of the mantissa; each segment doubles it.
  const magnitude = ((((loudest & 0x0f) << 1) + 33) << (loudest >> 4)) - 33;
  return magnitude / 8192;
}
