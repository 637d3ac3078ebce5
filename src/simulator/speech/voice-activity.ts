import { Silero, SILERO_WINDOW, type SileroModel } from './silero.ts';

/** Samples a second that it hears. */
export const HEARING_RATE = 8000;
const PER_MS = HEARING_RATE / 1000;
const WINDOW_MS = SILERO_WINDOW / PER_MS;

/** Speech ends below the threshold by this much; between the two, nothing changes (Silero's own rule). */
const HYSTERESIS = 0.15;
/** What is kept from before a detected start, ms: the detector is up to 140 ms late, and words begin softly. */
const PRE_ROLL_MS = 400;
/** A pause after which an utterance may be over: recognising it begins while the rest of the silence is waited for. */
const PAUSE_MS = 192;
/** The detector forgets within this, ms: it says the same of a line on which nothing has moved for longer, and is not asked. */
const STILL_MS = 512;
/** Longer utterances are recognised once, at their end: each of their pauses would cost the whole again. */
const EARLY_LIMIT_MS = 8000;
/** Of a longer utterance the beginning is forgotten. */
const UTTERANCE_LIMIT_MS = 60_000;

export interface Detection {
  /** 0 to 1. */
  readonly threshold: number;
  /** Ms before the detected start that are told as part of the turn. */
  readonly prefixMs: number;
  /** Ms of silence that end a turn. */
  readonly silenceMs: number;
}

/** Offsets are ms of the audio heard since the beginning. */
export type VoiceFact =
  | { readonly type: 'started'; readonly startMs: number }
  /** What was said so far. A later one of the same turn replaces it; one always stands when a turn stops. */
  | { readonly type: 'uttered'; readonly samples: Float32Array<ArrayBuffer> }
  | { readonly type: 'stopped'; readonly endMs: number };

/**
 * Tells when somebody speaks, as `server_vad` of the Realtime API does: a turn
 * starts with speech and stops after a silence. It knows no clock but the audio.
 */
export class VoiceActivity {
  readonly #silero: Silero;
  readonly #tell: (fact: VoiceFact) => void;
  #detection: Detection | undefined;
  #heard = 0;
  readonly #window = new Float32Array(SILERO_WINDOW);
  #filled = 0;
  /** The utterance window by window; while nobody speaks, the pre-roll. */
  #kept: Float32Array[] = [];
  #isSpeaking = false;
  #wasLikely = false;
  #silenceMs = 0;
  /** For so long every sample was zero. */
  #stillMs = 0;
  #isUttered = false;

  /** @param detection - undefined when turns are ended by `take` only. */
  constructor(model: SileroModel, detection: Detection | undefined, tell: (fact: VoiceFact) => void) {
    this.#silero = new Silero(model);
    this.#detection = detection;
    this.#tell = tell;
  }

  /** Changes the rules; a turn that goes on is forgotten when detection is switched off. */
  configure(detection: Detection | undefined): void {
    this.#detection = detection;
    if (detection === undefined) this.#isSpeaking = false;
  }

  /** Takes samples, -1 to 1, as many as there are. */
  hear(samples: Float32Array): void {
    let at = 0;
    while (at < samples.length) {
      const piece = samples.subarray(at, at + SILERO_WINDOW - this.#filled);
      this.#window.set(piece, this.#filled);
      this.#filled += piece.length;
      this.#heard += piece.length;
      at += piece.length;
      if (this.#filled < SILERO_WINDOW) return;
      this.#filled = 0;
      this.#step(this.#window.slice());
    }
  }

  /** Everything kept, which is then forgotten: a turn ended from outside. */
  take(): Float32Array<ArrayBuffer> {
    const samples = joined([...this.#kept, this.#window.subarray(0, this.#filled)]);
    this.clear();
    return samples;
  }

  /** Forgets what was said. A turn that had started does not stop: it is gone. */
  clear(): void {
    this.#kept = [];
    this.#filled = 0;
    this.#isSpeaking = false;
  }

  #step(window: Float32Array): void {
    this.#kept.push(window);
    const detection = this.#detection;
    if (detection === undefined) {
      this.#forgetBeyond(UTTERANCE_LIMIT_MS);
      return;
    }
    this.#stillMs = window.every((sample) => sample === 0) ? this.#stillMs + WINDOW_MS : 0;
    const likelihood = this.#stillMs > STILL_MS ? 0 : this.#silero.step(window);
    if (!this.#isSpeaking) {
      this.#forgetBeyond(PRE_ROLL_MS);
      // The edge of a tone is taken for speech once, and barely; speech goes on, or is beyond doubt.
      const isLikely = likelihood >= detection.threshold;
      if (isLikely && (this.#wasLikely || likelihood >= (1 + detection.threshold) / 2))
        this.#start(detection);
      this.#wasLikely = isLikely;
      return;
    }
    this.#forgetBeyond(UTTERANCE_LIMIT_MS);
    if (likelihood >= detection.threshold - HYSTERESIS) {
      this.#silenceMs = 0;
      this.#isUttered = false;
      return;
    }
    this.#silenceMs += WINDOW_MS;
    const isShort = this.#kept.length * WINDOW_MS < EARLY_LIMIT_MS;
    if (isShort && !this.#isUttered && this.#silenceMs >= PAUSE_MS) this.#utter();
    if (this.#silenceMs >= detection.silenceMs) this.#stop();
  }

  #start({ prefixMs }: Detection): void {
    this.#isSpeaking = true;
    this.#silenceMs = 0;
    this.#isUttered = false;
    const startMs = Math.max(0, Math.round(this.#heard / PER_MS - WINDOW_MS - prefixMs));
    this.#tell({ type: 'started', startMs });
  }

  #utter(): void {
    this.#isUttered = true;
    this.#tell({ type: 'uttered', samples: joined(this.#kept) });
  }

  #stop(): void {
    if (!this.#isUttered) this.#utter();
    this.#isSpeaking = false;
    this.#tell({ type: 'stopped', endMs: Math.round(this.#heard / PER_MS) });
    this.#forgetBeyond(PRE_ROLL_MS);
  }

  #forgetBeyond(limitMs: number): void {
    const excess = this.#kept.length - Math.ceil(limitMs / WINDOW_MS);
    if (excess > 0) this.#kept.splice(0, excess);
  }
}

function joined(pieces: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const whole = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
