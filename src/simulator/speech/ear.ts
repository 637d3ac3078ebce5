import { decodeALaw } from '../../media/a-law.ts';
import { decodeMuLaw } from '../../media/g711.ts';
import { Resampler } from '../../media/resampler.ts';
import type { SileroModel } from './silero.ts';
import type { EarOrder, Hearing } from './speech-messages.ts';
import { HEARING_RATE, VoiceActivity, type VoiceFact } from './voice-activity.ts';

const PCM_RATE = 24_000;
const FULL_SCALE = 32_768;

/** One caller's audio on its way to the detector: decoded, brought to 8 kHz. Lives in a thread. */
export class Ear {
  readonly #voice: VoiceActivity;
  #hearing: Hearing;
  #resampler = new Resampler(PCM_RATE, HEARING_RATE);

  constructor(model: SileroModel, hearing: Hearing, tell: (fact: VoiceFact) => void) {
    this.#hearing = hearing;
    this.#voice = new VoiceActivity(model, hearing.detection, tell);
  }

  /** Hears, or changes how it hears; `take` gives what was kept of the turn. */
  obey(order: Exclude<EarOrder, { type: 'close' }>): Float32Array<ArrayBuffer> | undefined {
    switch (order.type) {
      case 'listen':
        if (order.hearing.format !== this.#hearing.format)
          this.#resampler = new Resampler(PCM_RATE, HEARING_RATE);
        this.#hearing = order.hearing;
        this.#voice.configure(order.hearing.detection);
        return undefined;
      case 'hear':
        this.#voice.hear(Float32Array.from(this.#decoded(order.audio), (sample) => sample / FULL_SCALE));
        return undefined;
      case 'take':
        return this.#voice.take();
      case 'clear':
        this.#voice.clear();
        return undefined;
    }
  }

  #decoded(base64: string): Int16Array {
    const bytes = Buffer.from(base64, 'base64');
    if (this.#hearing.format === 'audio/pcmu') return decodeMuLaw(bytes);
    if (this.#hearing.format === 'audio/pcma') return decodeALaw(bytes);
    const pcm = Int16Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(2 * i));
    return this.#resampler.push(pcm);
  }
}
