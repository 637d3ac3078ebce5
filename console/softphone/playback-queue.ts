import { decodeMuLaw } from '../../src/media/g711.ts';
import { FRAME_BYTES, MU_LAW_BYTES_PER_MS } from '../../src/media/mu-law.ts';
import { Resampler } from '../../src/media/resampler.ts';

const PHONE_HZ = 8000;
const FULL_SCALE = 32_768;
/** How much audio is held before it begins to play, in ms, against jitter. Twilio does not say how much it holds. */
const PREFILL_MS = 60;
/** How long cleared audio takes to fade out, in ms: a sudden end is heard as a click. */
const FADE_MS = 4;
/** Silence at 8000 Hz, longer than what the resampler remembers. */
const FLUSH = new Int16Array(64);

interface PendingMark {
  readonly name: string;
  /** The place of the mark in the stream, in bytes from its start. */
  readonly at: number;
}

interface PassedMark {
  readonly name: string;
  /** The number of the output sample after which it was heard. */
  readonly dueAt: number;
}

/** The piece of the stream that is playing, at the sample rate of the speaker. */
interface Block {
  readonly samples: Int16Array;
  /** The place of its first byte in the stream, and the number of its bytes. */
  readonly from: number;
  readonly bytes: number;
}

const NOTHING: Block = { samples: new Int16Array(0), from: 0, bytes: 0 };

export interface PlaybackQueueOptions {
  /** The sample rate of the speaker, in Hz. */
  readonly outputHz: number;
  readonly prefillMs?: number;
}

/**
 * Buffers the agent's audio for the caller's ear, as a carrier does.
 *
 * Mu-law goes in as it comes, samples at the speaker's rate come out as they
 * are asked for, and a mark comes back when the last sample before it was
 * heard: when it left here, and the speaker's own delay has passed. It counts
 * samples and has no clock, so what it tells of the past is exact to one sample
 * (and the 2 ms of the resampler). It resamples 20 ms at a time, when they
 * are needed: many seconds that arrive at once cost nothing then.
 */
export class PlaybackQueue {
  readonly #outputHz: number;
  readonly #prefillMs: number;
  readonly #resampler: Resampler;
  #chunks: Uint8Array[] = [];
  /** How many bytes of the first chunk were taken. */
  #offset = 0;
  /** The bytes of the stream: all of them, and those taken for resampling. */
  #end = 0;
  #taken = 0;
  #block = NOTHING;
  #at = 0;
  /** The fading end of cleared audio, which is mixed with what follows. */
  #tail = NOTHING.samples;
  #marks: PendingMark[] = [];
  #passed: PassedMark[] = [];
  /** How many samples were asked for, in all. */
  #rendered = 0;
  /** The number of the output sample after the last audible one. */
  #audibleUntil = -Infinity;
  #waited = 0;
  #isFlowing = false;
  #lag = 0;

  constructor({ outputHz, prefillMs = PREFILL_MS }: PlaybackQueueOptions) {
    this.#outputHz = outputHz;
    this.#prefillMs = prefillMs;
    this.#resampler = new Resampler(PHONE_HZ, outputHz);
  }

  /** How much audio has gone to the speaker, in ms. */
  get playedMs(): number {
    return this.#played / MU_LAW_BYTES_PER_MS;
  }

  /** How much audio waits to be played, in ms. */
  get queuedMs(): number {
    return (this.#end - this.#played) / MU_LAW_BYTES_PER_MS;
  }

  /** Sets the delay from here to the ear, in seconds. It may change during a call. */
  setLag(seconds: number): void {
    this.#lag = Math.max(0, Math.round(seconds * this.#outputHz));
  }

  /** Buffers mu-law. The bytes are kept, not copied. */
  add(audio: Uint8Array): void {
    if (audio.length === 0) return;
    this.#chunks.push(audio);
    this.#end += audio.length;
  }

  /** Buffers a mark behind everything that was added. */
  mark(name: string): void {
    this.#marks.push({ name, at: this.#end });
    this.#passMarks(this.#rendered);
  }

  /** Empties the buffer. @returns every mark that was not given back yet, heard or not, in order. */
  clear(): string[] {
    this.#fade();
    const names = [...this.#passed, ...this.#marks].map(({ name }) => name);
    this.#end = this.#taken;
    this.#chunks = [];
    this.#offset = 0;
    this.#marks = [];
    this.#passed = [];
    this.#isFlowing = false;
    this.#waited = 0;
    this.#resampler.push(FLUSH);
    return names;
  }

  /** Gives back the marks that were heard since the last time, in order. */
  takeMarks(): string[] {
    const names: string[] = [];
    while (this.#passed[0] !== undefined && this.#passed[0].dueAt <= this.#rendered) {
      names.push(this.#passed[0].name);
      this.#passed.shift();
    }
    return names;
  }

  /** Writes the next samples into `out`, from -1 to 1; silence when there are none. */
  render(out: Float32Array): void {
    let written = 0;
    while (written < out.length && this.#hasSamples(out.length)) {
      const count = Math.min(out.length - written, this.#block.samples.length - this.#at);
      for (let i = 0; i < count; i++) {
        out[written + i] = (this.#block.samples[this.#at + i] ?? 0) / FULL_SCALE;
      }
      this.#at += count;
      written += count;
      this.#audibleUntil = this.#rendered + written;
      this.#passMarks(this.#audibleUntil);
    }
    out.fill(0, written);
    this.#addTail(out);
    this.#rendered += out.length;
  }

  get #played(): number {
    const { samples, from, bytes } = this.#block;
    if (samples.length === 0) return this.#taken;
    return from + Math.floor((bytes * this.#at) / samples.length);
  }

  /** True when the block has samples left, or the next block was made. `asked`: the samples of this tick. */
  #hasSamples(asked: number): boolean {
    if (this.#at < this.#block.samples.length) return true;
    if (this.#end === this.#taken) {
      this.#isFlowing = false;
      this.#waited = 0;
      return false;
    }
    if (!this.#isFlowing && !this.#hasWaited(asked)) return false;
    this.#isFlowing = true;
    this.#nextBlock();
    return this.#at < this.#block.samples.length;
  }

  /** True when enough audio is held to begin, or when less has waited as long. */
  #hasWaited(asked: number): boolean {
    const isEnough = this.#end - this.#taken >= this.#prefillMs * MU_LAW_BYTES_PER_MS;
    if (isEnough || this.#waited >= (this.#prefillMs * this.#outputHz) / 1000) return true;
    this.#waited += asked;
    return false;
  }

  #nextBlock(): void {
    const chunk = this.#chunks[0];
    if (chunk === undefined) return;
    const bytes = chunk.subarray(this.#offset, this.#offset + FRAME_BYTES);
    this.#block = {
      samples: this.#resampler.push(decodeMuLaw(bytes)),
      from: this.#taken,
      bytes: bytes.length,
    };
    this.#at = 0;
    this.#taken += bytes.length;
    this.#offset += bytes.length;
    if (this.#offset < chunk.length) return;
    this.#chunks.shift();
    this.#offset = 0;
  }

  /** Marks that the stream has passed become due when the speaker has played up to that sample. */
  #passMarks(now: number): void {
    while (this.#marks[0] !== undefined && this.#marks[0].at <= this.#played) {
      const dueAt = Math.min(now, this.#audibleUntil) + this.#lag;
      this.#passed.push({ name: this.#marks[0].name, dueAt });
      this.#marks.shift();
    }
  }

  /** Turns the rest of the block into a short fade to silence, which counts as cleared. */
  #fade(): void {
    const played = this.#played;
    const rest = this.#block.samples.subarray(this.#at);
    const slope = rest.slice(0, Math.round((FADE_MS * this.#outputHz) / 1000));
    for (let i = 0; i < slope.length; i++) slope[i] = ((slope[i] ?? 0) * (slope.length - i)) / slope.length;
    this.#tail = slope;
    this.#block = { ...NOTHING, from: played };
    this.#at = 0;
    this.#taken = played;
  }

  #addTail(out: Float32Array): void {
    if (this.#tail.length === 0) return;
    const count = Math.min(out.length, this.#tail.length);
    for (let i = 0; i < count; i++) out[i] = (out[i] ?? 0) + (this.#tail[i] ?? 0) / FULL_SCALE;
    this.#tail = this.#tail.subarray(count);
  }
}
