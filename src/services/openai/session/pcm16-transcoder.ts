import { decodeMuLaw, encodeMuLaw } from '../../../media/g711.ts';
import { Resampler } from '../../../media/resampler.ts';
import type { AgentCodec } from './agent-audio.ts';
import type { CallerCodec } from './caller-audio.ts';
import { bytesOf, sendBase64, type SessionCodec } from './session-codec.ts';

/** The only rate at which the service takes and gives PCM, in Hz. */
const MODEL_RATE = 24_000;
const LINE_RATE = 8000;

/**
 * Stands between a line of mu-law and a session of PCM16 (little endian, 24 kHz).
 *
 * Decodes, resamples and encodes: some hundred times the cost of passing mu-law
 * on. For agents whose model sounds better so, or speaks nothing else.
 */
export class Pcm16Transcoder implements SessionCodec {
  readonly #up = new Resampler(LINE_RATE, MODEL_RATE);
  #down = new Resampler(MODEL_RATE, LINE_RATE);
  #itemId = '';
  /** A delta may end between the two bytes of a sample. */
  #half: Buffer = Buffer.alloc(0);

  /** Mu-law base64 of the line as PCM16 base64 of the session. */
  readonly toModel: CallerCodec = (text, start, end, send) => {
    const pcm = this.#up.push(decodeMuLaw(bytesOf(text, start, end)));
    const audio = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    sendBase64(audio, send);
  };

  /** PCM16 base64 of the session as mu-law base64 of the line. Items are filtered apart: they do not touch. */
  readonly toLine: AgentCodec = (itemId, text, start, end, send) => {
    if (itemId !== this.#itemId) {
      this.#itemId = itemId;
      this.#down = new Resampler(MODEL_RATE, LINE_RATE);
      this.#half = Buffer.alloc(0);
    }
    const audio = Buffer.concat([this.#half, bytesOf(text, start, end)]);
    const whole = audio.length - (audio.length % 2);
    this.#half = Buffer.from(audio.subarray(whole));
    sendBase64(encodeMuLaw(this.#down.push(samplesOf(audio, whole))), send);
  };
}

/** Copied sample by sample: base64's buffers need not lie on even addresses. */
function samplesOf(audio: Buffer, bytes: number): Int16Array {
  const samples = new Int16Array(bytes / 2);
  for (let at = 0; at < samples.length; at++) samples[at] = audio.readInt16LE(at * 2);
  return samples;
}
