import { readFileSync } from 'node:fs';
import { EngineError } from '../../errors.ts';

/**
 * The tensors of the 8 kHz branch of Silero VAD v5, in the order of the file.
 *
 * Names and shapes are those of `silero_vad_v5.onnx`; each is stored row by
 * row as little-endian IEEE 754 halves. Halves were chosen because they change
 * no decision in minutes of speech, where 8-bit integers do. The Fourier basis
 * of the model is left out: it is a Hann window, which is cheaper to compute.
 */
export const SILERO_TENSORS = [
  ['encoder.0.reparam_conv.weight', [128, 65, 3]],
  ['encoder.0.reparam_conv.bias', [128]],
  ['encoder.1.reparam_conv.weight', [64, 128, 3]],
  ['encoder.1.reparam_conv.bias', [64]],
  ['encoder.2.reparam_conv.weight', [64, 64, 3]],
  ['encoder.2.reparam_conv.bias', [64]],
  ['encoder.3.reparam_conv.weight', [128, 64, 3]],
  ['encoder.3.reparam_conv.bias', [128]],
  ['decoder.rnn.weight_ih', [512, 128]],
  ['decoder.rnn.weight_hh', [512, 128]],
  ['decoder.rnn.bias_ih', [512]],
  ['decoder.rnn.bias_hh', [512]],
  ['decoder.decoder.2.weight', [1, 128, 1]],
  ['decoder.decoder.2.bias', [1]],
] as const;

export type SileroTensor = (typeof SILERO_TENSORS)[number][0];

/** Weights by name, widened to single precision: 876 KB, shared by every session of a thread. */
export type SileroWeights = Readonly<Record<SileroTensor, Float32Array>>;

const WEIGHTS_FILE = new URL('../../../assets/silero/silero-vad-8k.f16', import.meta.url);

/** How many numbers a tensor of this shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** One half as a number: 1 sign bit, 5 of exponent (bias 15), 10 of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * Reads the weights from disk; 438 KB, some 10 ms.
 *
 * @throws {EngineError} `SPEECH_UNAVAILABLE` when the file is missing or is not of the size its tensors need.
 */
export function readSileroWeights(): SileroWeights {
  let bytes;
  try {
    bytes = readFileSync(WEIGHTS_FILE);
  } catch (cause) {
    throw new EngineError('SPEECH_UNAVAILABLE', 'the weights of the voice detector cannot be read', {
      cause,
    });
  }
  const expected = SILERO_TENSORS.reduce((sum, [, shape]) => sum + 2 * sizeOf(shape), 0);
  if (bytes.length !== expected) {
    const sizes = `${String(bytes.length)} bytes instead of ${String(expected)}`;
    throw new EngineError('SPEECH_UNAVAILABLE', `the weights of the voice detector are damaged: ${sizes}`);
  }
  let at = 0;
  const tensors = SILERO_TENSORS.map(([name, shape]) => {
    const values = new Float32Array(sizeOf(shape));
    for (let i = 0; i < values.length; i++, at += 2) values[i] = fromHalf(bytes.readUInt16LE(at));
    return [name, values] as const;
  });
  return Object.fromEntries(tensors) as Record<SileroTensor, Float32Array>;
}
