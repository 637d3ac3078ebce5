import { FRAME_BYTES, SILENCE } from '../../media/mu-law.ts';

/** Mu-law magnitude of about -40 dBFS: louder is speech, softer is the room. */
const QUIET_MAGNITUDE = 28;

/** One frame of the caller's line, and whether somebody is heard in it. */
export interface CallerFrame {
  readonly audio: Uint8Array;
  /** The first frame in which an utterance can be heard. */
  readonly startsSpeech: boolean;
  /** The last one. A recording often ends with a silent second: that is not speech. */
  readonly endsSpeech: boolean;
  /** Begins an utterance that was typed: its words. */
  readonly typed?: string | undefined;
}

const SILENT: CallerFrame = {
  audio: new Uint8Array(FRAME_BYTES).fill(SILENCE),
  startsSpeech: false,
  endsSpeech: false,
};

interface Utterance {
  readonly audio: Uint8Array;
  readonly typed: string | undefined;
  readonly firstLoudFrame: number;
  readonly lastLoudFrame: number;
  readonly spoken: () => void;
}

/** The caller's mouth: utterances go in, 20 ms frames come out, silence when there is nothing to say. */
export class CallerVoice {
  #queue: Utterance[] = [];
  #frame = 0;

  /** True until the last frame of the last utterance was taken. */
  get isSpeaking(): boolean {
    return this.#queue.length > 0;
  }

  /**
   * Says mu-law audio after what is being said. Resolves when its last frame was taken, or it was cut off.
   * @param typed - the words of it, where somebody has typed them.
   */
  say(audio: Uint8Array, typed?: string): Promise<void> {
    if (audio.length === 0) return Promise.resolve();
    return new Promise((spoken) => {
      this.#queue.push({ audio, typed, ...loudFrames(audio), spoken });
    });
  }

  /** Falls silent at once. */
  stop(): void {
    const cut = this.#queue;
    this.#queue = [];
    this.#frame = 0;
    for (const { spoken } of cut) spoken();
  }

  /** The next 20 ms. */
  nextFrame(): CallerFrame {
    const utterance = this.#queue[0];
    if (utterance === undefined) return SILENT;
    const at = this.#frame * FRAME_BYTES;
    const frame = {
      audio: fullFrame(utterance.audio.subarray(at, at + FRAME_BYTES)),
      startsSpeech: this.#frame === utterance.firstLoudFrame,
      endsSpeech: this.#frame === utterance.lastLoudFrame,
      typed: this.#frame === 0 ? utterance.typed : undefined,
    };
    this.#frame++;
    if (this.#frame * FRAME_BYTES >= utterance.audio.length) {
      this.#queue.shift();
      this.#frame = 0;
      utterance.spoken();
    }
    return frame;
  }
}

function fullFrame(audio: Uint8Array): Uint8Array {
  if (audio.length === FRAME_BYTES) return audio;
  const full = new Uint8Array(FRAME_BYTES).fill(SILENCE);
  full.set(audio);
  return full;
}

/** Where speech is heard in an utterance; the whole of it when none is. */
function loudFrames(audio: Uint8Array) {
  const isLoud = (byte: number) => (~byte & 0x7f) >= QUIET_MAGNITUDE;
  const first = audio.findIndex(isLoud);
  if (first < 0) return { firstLoudFrame: 0, lastLoudFrame: Math.ceil(audio.length / FRAME_BYTES) - 1 };
  return {
    firstLoudFrame: Math.floor(first / FRAME_BYTES),
    lastLoudFrame: Math.floor(audio.findLastIndex(isLoud) / FRAME_BYTES),
  };
}
