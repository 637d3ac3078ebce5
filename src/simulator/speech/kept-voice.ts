import type { Manner } from './flite.ts';
import type { Speech } from './speech.ts';
import type { SpeechFormat } from './speech-messages.ts';

/** A quarter of an hour of speech as a phone has it: more than a scenario says. */
const KEPT_BYTES = 8 * 1024 * 1024;

/**
 * A voice that keeps what it has said: to speak a sentence takes a processor a tenth of a second, and a scenario says the
 * same ones to everybody. What nobody has wanted for longest is forgotten first.
 */
export class KeptVoice implements Pick<Speech, 'say'> {
  readonly #voice: Pick<Speech, 'say'>;
  /** By what was asked for; last what was wanted last. */
  readonly #kept = new Map<string, Uint8Array>();
  readonly #asked = new Map<string, Promise<Uint8Array>>();
  readonly #keptBytes: number;
  #bytes = 0;

  constructor(voice: Pick<Speech, 'say'>, keptBytes = KEPT_BYTES) {
    this.#voice = voice;
    this.#keptBytes = keptBytes;
  }

  /** What it gives is everybody's: it is read, and not written. */
  say(text: string, manner: Manner, format: SpeechFormat): Promise<Uint8Array> {
    const key = JSON.stringify([format, manner, text]);
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return Promise.resolve(kept);
    }
    const asked = this.#asked.get(key) ?? this.#ask(key, () => this.#voice.say(text, manner, format));
    this.#asked.set(key, asked);
    return asked;
  }

  async #ask(key: string, say: () => Promise<Uint8Array>): Promise<Uint8Array> {
    try {
      const audio = await say();
      this.#keep(key, audio);
      return audio;
    } finally {
      this.#asked.delete(key);
    }
  }

  #keep(key: string, audio: Uint8Array): void {
    this.#kept.set(key, audio);
    this.#bytes += audio.length;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#bytes <= this.#keptBytes) return;
      this.#kept.delete(oldest);
      this.#bytes -= length;
    }
  }
}
