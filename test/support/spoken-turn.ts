import type { recordedCall } from './recorded-call.ts';

/** Mu-law of a loud sound, and how long it lasts, in ms. */
const SOUND = 0x10;
const SOUND_MS = 1000;
const BYTES_PER_MS = 8;

interface Detector {
  /** How long it waits before it takes a turn for over, in ms of the audio. */
  readonly silenceMs: number;
  /** How long its report is on its way. */
  readonly reportMs: number;
}

/** Turns that are really spoken on the line: the model's detector finds them in the audio that it gets. */
export class SpokenTurn {
  readonly #call: ReturnType<typeof recordedCall>;

  constructor(call: ReturnType<typeof recordedCall>) {
    this.#call = call;
  }

  /** Says it with sound; resolves when the model has told that the turn is over, and begins to answer. */
  async says(itemId: string, words: string, { silenceMs, reportMs }: Detector): Promise<void> {
    const { clock, model, voice } = this.#call;
    const isLoud = (byte: number) => byte === SOUND;
    void voice.say(Buffer.alloc(SOUND_MS * BYTES_PER_MS, SOUND));
    await clock.run(200);
    model.speechStarts(itemId, Math.floor(this.#audio().findIndex(isLoud) / BYTES_PER_MS));
    await this.#until(() => {
      const audio = this.#audio();
      return audio.length - 1 - audio.lastIndexOf(SOUND) >= silenceMs * BYTES_PER_MS;
    });
    const endMs = (this.#audio().lastIndexOf(SOUND) + 1) / BYTES_PER_MS;
    await clock.run(reportMs);
    model.speechStops(itemId, words, undefined, endMs);
  }

  #audio(): Buffer {
    return Buffer.concat(this.#call.model.audio);
  }

  async #until(isSo: () => boolean): Promise<void> {
    const { clock, model } = this.#call;
    for (let waited = 0; waited < 10_000; waited++) {
      const frames = model.audio.length;
      await clock.run(1);
      // Only a frame that came can make a difference.
      if (model.audio.length !== frames && isSo()) return;
    }
    throw new Error('the caller does not fall silent');
  }
}
