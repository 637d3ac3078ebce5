/** What the simulated far ends need of speech; the pool gives it, tests may give something simpler. */

import type { Manner } from './flite.ts';
import type { Hearing, SpeechFormat } from './speech-messages.ts';

/** What an ear tells. Offsets are ms of the audio heard since it was opened. */
export interface EarListener {
  started(startMs: number): void;
  /** Whether the words of what is being heard are known otherwise: nothing is recognised then that is not asked for. */
  knowsWords(): boolean;
  /** The turn is over. @param words - asks what was said; undefined when it is no sentence of the scenario. */
  stopped(endMs: number, words: () => Promise<string | undefined>): void;
}

/** Listens to one caller. */
export interface OpenEar {
  /** Base64 in the ear's format, any length. Never waits. */
  hear(audio: string): void;
  listen(hearing: Hearing): void;
  /** Ends the turn; resolves with what was said since the last one. */
  take(): Promise<string | undefined>;
  clear(): void;
  close(): void;
}

export interface Speech {
  /**
   * Says a text; for the least delay, a sentence at a time.
   * @throws {EngineError} SPEECH_UNAVAILABLE when the thread stopped, or lacks the voice.
   */
  say(text: string, manner: Manner, format: SpeechFormat): Promise<Uint8Array>;
  listen(hearing: Hearing, listener: EarListener): OpenEar;
}
