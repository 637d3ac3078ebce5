import { EngineError } from '../../errors.ts';
import { BYTES_PER_MS, type SpeechFormat } from '../speech/speech-messages.ts';
import type { Cancellation } from './cancellation.ts';
import type { Entry } from './conversation.ts';
import type { Room } from './room.ts';
import { formatOf, mannerOf } from './session-config.ts';
import { textPieces, unevenPieces, wordsWithin } from './spoken-pieces.ts';

/** Audio is made this many times faster than it is heard, as the service was measured to do. */
const SPEED = 4;
/** Deltas that are on their way when a response is cancelled: they still arrive. */
const IN_FLIGHT = 2;

/** Where in a response its deltas belong. */
export interface Place {
  readonly response_id: string;
  readonly item_id: string;
  readonly output_index: number;
  readonly content_index: number;
}

export interface SpokenItemOptions {
  readonly room: Room;
  readonly place: Place;
  readonly entry: Entry;
  readonly cancellation: Cancellation;
  readonly format: Room['config']['audio']['output']['format'] | undefined;
  readonly voice: Room['config']['audio']['output']['voice'] | undefined;
  /** The most audio it may have, in ms. */
  readonly limitMs: number;
}

/** One assistant message in audio: its deltas, its transcript beside them, and its end. */
export class SpokenItem {
  readonly #options: SpokenItemOptions;
  #transcript = '';
  isCut = false;

  constructor(options: SpokenItemOptions) {
    this.#options = options;
  }

  /**
   * Says the sentences, the next one computed while one is sent.
   * @param afterFirstDelta - called once some audio is out.
   */
  async say(sentences: readonly string[], afterFirstDelta?: () => void): Promise<void> {
    const { room, cancellation } = this.#options;
    const output = room.config.audio.output;
    const format = formatOf(this.#options.format ?? output.format);
    const manner = mannerOf(this.#options.voice ?? output.voice, output.speed);
    const spoken = (sentence: string | undefined) =>
      sentence === undefined ? undefined : caught(room.speech.say(sentence, manner, format));

    let next = spoken(sentences[0]);
    for (const [i, sentence] of sentences.entries()) {
      const audio = next === undefined ? undefined : await cancellation.or(next);
      next = spoken(sentences[i + 1]);
      if (cancellation.isCancelled() || audio === undefined || this.isCut) return;
      if (audio instanceof EngineError) throw audio;
      await this.#send(i === 0 ? sentence : ` ${sentence}`, audio, format, afterFirstDelta);
    }
  }

  /** The `.done` events up to `content_part.done`, and the item as it is then. */
  finish(status: 'completed' | 'incomplete'): void {
    const { room, place, entry } = this.#options;
    const transcript = this.#transcript;
    room.wire.send({ type: 'response.output_audio.done', ...place });
    room.wire.send({ type: 'response.output_audio_transcript.done', ...place, transcript });
    room.wire.send({ type: 'response.content_part.done', ...place, part: { type: 'audio', transcript } });
    entry.wire = { ...entry.wire, status, content: [{ type: 'output_audio', transcript }] };
  }

  async #send(
    sentence: string,
    audio: Uint8Array,
    format: SpeechFormat,
    afterFirst?: () => void,
  ): Promise<void> {
    const { room, place, entry, cancellation, limitMs } = this.#options;
    const bytesPerMs = BYTES_PER_MS[format];
    const longest = Math.max(0, limitMs - entry.audioMs) * bytesPerMs;
    this.isCut = audio.length > longest;
    const pieces = unevenPieces(audio.subarray(0, longest), format === 'audio/pcm' ? 2 : 1);
    // Audio and words are made together: the words end where the audio does.
    const texts = textPieces(wordsWithin(sentence, longest / audio.length), pieces.length);
    let inFlight = IN_FLIGHT;
    for (const [i, piece] of pieces.entries()) {
      if (cancellation.isCancelled() && inFlight-- === 0) return;
      const text = texts[i] ?? '';
      if (text !== '') {
        this.#transcript += text;
        room.wire.send({ type: 'response.output_audio_transcript.delta', ...place, delta: text });
      }
      room.hasSpoken = true;
      entry.audioMs += piece.length / bytesPerMs;
      room.wire.send({
        type: 'response.output_audio.delta',
        ...place,
        delta: Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('base64'),
      });
      if (i === 0) afterFirst?.();
      await cancellation.pause(room.clock, piece.length / bytesPerMs / SPEED);
    }
  }
}

/** A failure is a value until its sentence's turn comes: it may never be waited for. */
async function caught(audio: Promise<Uint8Array>): Promise<Uint8Array | EngineError> {
  try {
    return await audio;
  } catch (cause) {
    return cause instanceof EngineError ? cause : new EngineError('SPEECH_UNAVAILABLE', undefined, { cause });
  }
}
