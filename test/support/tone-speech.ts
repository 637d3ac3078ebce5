import { BYTES_PER_MS } from '../../src/simulator/speech/speech-messages.ts';
import type { EarListener, Speech } from '../../src/simulator/speech/speech.ts';

/** Speech without threads: every letter is 50 ms of a tone; the caller's words are given, not recognised. */
export class ToneSpeech implements Speech {
  static readonly MS_PER_LETTER = 50;
  readonly said: string[] = [];
  /** How often somebody has asked what was said. */
  recognised = 0;
  #listener: EarListener | undefined;

  say: Speech['say'] = (text, _manner, format) => {
    this.said.push(text);
    return Promise.resolve(
      new Uint8Array(text.length * ToneSpeech.MS_PER_LETTER * BYTES_PER_MS[format]).fill(0x2a),
    );
  };

  listen: Speech['listen'] = (_hearing, listener) => {
    this.#listener = listener;
    const nothing = () => undefined;
    return {
      hear: nothing,
      listen: nothing,
      take: () => Promise.resolve('hello'),
      clear: nothing,
      close: nothing,
    };
  };

  /** Whether the words of what is being heard are known. */
  get knowsWords(): boolean | undefined {
    return this.#listener?.knowsWords();
  }

  callerStarts(atMs: number): void {
    this.#listener?.started(atMs);
  }

  callerStops(atMs: number, words: string | undefined): void {
    this.#listener?.stopped(atMs, () => {
      this.recognised += 1;
      return Promise.resolve(words);
    });
  }
}
