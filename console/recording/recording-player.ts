import { decodeMuLaw } from '../../src/media/g711.ts';
import { askBytes } from '../api/request.ts';

/** Bytes before the audio, and bytes of both sides per ms, of `GET /api/calls/:callSid/recording`. */
const HEAD_BYTES = 58;
const BYTES_PER_MS = 16;
const RATE_HZ = 8000;
/** How much audio is fetched at once, and how far ahead of what is playing, in ms. */
const PIECE_MS = 5000;
const AHEAD_MS = 6000;
/** From the time that a piece is ready until it plays, in s. */
const LEAD_S = 0.03;

/**
 * Plays a recording from any place, in pieces that are fetched as they are
 * needed: a call of an hour plays at once. It is decoded here: that needs no
 * codec of the browser, and no address with the viewer's token in it.
 */
export class RecordingPlayer {
  readonly #path: string;
  readonly #onEnd: () => void;
  #context: AudioContext | undefined;
  #playing: Playing | undefined;
  #placeMs = 0;

  /** @param onEnd - called when it has played to its end, or cannot go on. */
  constructor(path: string, onEnd: () => void) {
    this.#path = path;
    this.#onEnd = onEnd;
  }

  /** The place that is playing, in ms from the beginning of the recording. */
  get placeMs(): number {
    const playing = this.#playing;
    if (playing?.zero === undefined || this.#context === undefined) return this.#placeMs;
    return Math.max(playing.fromMs, (this.#context.currentTime - playing.zero) * 1000);
  }

  /** Plays from `fromMs` to `endMs`. Call it on a key or a click: browsers play nothing otherwise. */
  play(fromMs: number, endMs: number): void {
    this.pause();
    this.#placeMs = fromMs;
    this.#context ??= new AudioContext();
    void this.#context.resume();
    const playing: Playing = {
      fromMs,
      endMs,
      zero: undefined,
      sources: new Set(),
      stop: new AbortController(),
    };
    this.#playing = playing;
    this.#feed(this.#context, playing).catch(() => {
      this.#end(playing);
    });
  }

  pause(): void {
    const playing = this.#playing;
    if (playing === undefined) return;
    this.#placeMs = this.placeMs;
    this.#playing = undefined;
    playing.stop.abort();
    for (const source of playing.sources) source.stop();
  }

  close(): void {
    this.pause();
    void this.#context?.close();
    this.#context = undefined;
  }

  async #feed(context: AudioContext, playing: Playing): Promise<void> {
    const { endMs, stop } = playing;
    for (let at = playing.fromMs; at < endMs; at += PIECE_MS) {
      await this.#until(playing, at - AHEAD_MS);
      const from = HEAD_BYTES + Math.floor(at) * BYTES_PER_MS;
      const last = HEAD_BYTES + Math.floor(Math.min(endMs, at + PIECE_MS)) * BYTES_PER_MS - 1;
      const bytes = await askBytes(this.#path, {
        headers: { Range: `bytes=${String(from)}-${String(last)}` },
        signal: stop.signal,
      });
      if (stop.signal.aborted) return;
      // A piece that comes late delays everything behind it.
      const earliest = context.currentTime + LEAD_S - at / 1000;
      playing.zero = Math.max(playing.zero ?? earliest, earliest);
      const source = new AudioBufferSourceNode(context, { buffer: bufferOf(context, new Uint8Array(bytes)) });
      source.connect(context.destination);
      source.start(playing.zero + at / 1000);
      playing.sources.add(source);
      source.onended = () => playing.sources.delete(source);
    }
    await this.#until(playing, endMs);
    if (!stop.signal.aborted) this.#end(playing);
  }

  /** Resolves when a place has been played, or playing was stopped. */
  async #until(playing: Playing, placeMs: number): Promise<void> {
    while (!playing.stop.signal.aborted && this.placeMs < placeMs) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(250, placeMs - this.placeMs)));
    }
  }

  #end(playing: Playing): void {
    if (this.#playing !== playing) return;
    this.pause();
    this.#onEnd();
  }
}

interface Playing {
  readonly fromMs: number;
  readonly endMs: number;
  /** When the recording's beginning would have played, in s of the context's clock; undefined until a piece is there. */
  zero: number | undefined;
  readonly sources: Set<AudioBufferSourceNode>;
  readonly stop: AbortController;
}

function bufferOf(context: AudioContext, audio: Uint8Array): AudioBuffer {
  const length = Math.max(1, Math.floor(audio.length / 2));
  const buffer = context.createBuffer(2, length, RATE_HZ);
  const pcm = decodeMuLaw(audio);
  for (const side of [0, 1]) {
    const channel = buffer.getChannelData(side);
    for (let i = 0; i < channel.length; i++) channel[i] = (pcm[2 * i + side] ?? 0) / 32_768;
  }
  return buffer;
}
