import type { SileroTensor, SileroWeights } from './silero-weights.ts';

/** Samples at 8 kHz that one step takes: 32 ms. */
export const SILERO_WINDOW = 256;

const CONTEXT = 32; // The model sees the end of the last window again.
const FFT = 128;
const HOP = FFT / 2;
const BINS = FFT / 2 + 1;
const PADDING = FFT / 4; // Mirrored, at the end only.
const FRAMES = (CONTEXT + SILERO_WINDOW + PADDING - FFT) / HOP + 1;
const HIDDEN = 128;

/** Sum of `count` products. The model is 0.4 million of them a step; four sums at a time keep the adder busy. */
function dot(a: Float32Array, aAt: number, b: Float32Array, bAt: number, count: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < count; i += 4) {
    s0 += (a[aAt + i] ?? 0) * (b[bAt + i] ?? 0);
    s1 += (a[aAt + i + 1] ?? 0) * (b[bAt + i + 1] ?? 0);
    s2 += (a[aAt + i + 2] ?? 0) * (b[bAt + i + 2] ?? 0);
    s3 += (a[aAt + i + 3] ?? 0) * (b[bAt + i + 3] ?? 0);
  }
  for (; i < count; i++) s0 += (a[aAt + i] ?? 0) * (b[bAt + i] ?? 0);
  return s0 + s1 + s2 + s3;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Rows of a Fourier transform under a Hann window: all cosines, then all sines. */
function fourierBasis(): Float32Array {
  const basis = new Float32Array(2 * BINS * FFT);
  for (let bin = 0; bin < BINS; bin++) {
    for (let n = 0; n < FFT; n++) {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / FFT);
      const angle = (2 * Math.PI * bin * n) / FFT;
      basis[bin * FFT + n] = hann * Math.cos(angle);
      basis[(BINS + bin) * FFT + n] = -hann * Math.sin(angle);
    }
  }
  return basis;
}

/** The taps of a convolution, from [output][input][tap] to [output][tap][input]: rows that `dot` can take. */
function rowsOf(weight: Float32Array, inputs: number): Float32Array {
  return weight.map((_, at) => {
    const output = Math.floor(at / (3 * inputs));
    const tap = Math.floor(at / inputs) % 3;
    return weight[(output * inputs + (at % inputs)) * 3 + tap] ?? 0;
  });
}

interface Layer {
  readonly rows: Float32Array;
  readonly bias: Float32Array;
  readonly inputs: number;
  readonly stride: number;
}

const LAYERS = [
  { inputs: BINS, stride: 1 },
  { inputs: 128, stride: 2 },
  { inputs: 64, stride: 2 },
  { inputs: 64, stride: 1 },
];

/** What every session shares: the weights, laid out for the passes below. */
export interface SileroModel {
  readonly basis: Float32Array;
  readonly layers: readonly Layer[];
  readonly weights: SileroWeights;
}

export function sileroModel(weights: SileroWeights): SileroModel {
  const layers = LAYERS.map(({ inputs, stride }, i) => {
    const part = (kind: 'weight' | 'bias') => `encoder.${String(i)}.reparam_conv.${kind}` as SileroTensor;
    return { rows: rowsOf(weights[part('weight')], inputs), bias: weights[part('bias')], inputs, stride };
  });
  return { basis: fourierBasis(), layers, weights };
}

/** Width 3, padding 1, rectified. Values lie frame by frame, so that a tap is one row. */
function convolve({ rows, bias, inputs, stride }: Layer, input: Float32Array): Float32Array {
  const inputFrames = input.length / inputs;
  const outputFrames = Math.floor((inputFrames - 1) / stride) + 1;
  const output = new Float32Array(outputFrames * bias.length);
  for (let frame = 0; frame < outputFrames; frame++) {
    for (let unit = 0; unit < bias.length; unit++) {
      let sum = bias[unit] ?? 0;
      for (let tap = 0; tap < 3; tap++) {
        const from = frame * stride + tap - 1;
        if (from < 0 || from >= inputFrames) continue;
        sum += dot(rows, (unit * 3 + tap) * inputs, input, from * inputs, inputs);
      }
      output[frame * bias.length + unit] = Math.max(0, sum);
    }
  }
  return output;
}

/**
 * Silero VAD v5 at 8 kHz, as a plain forward pass: spectrum, four
 * convolutions, one recurrent cell, one unit.
 *
 * The arithmetic is that of `silero_vad_v5.onnx`; no runtime is needed. One
 * step costs about 0.3 ms. Each session owns one, because the cell remembers.
 */
export class Silero {
  readonly #model: SileroModel;
  readonly #samples = new Float32Array(CONTEXT + SILERO_WINDOW + PADDING);
  readonly #spectrum = new Float32Array(FRAMES * BINS);
  readonly #gates = new Float32Array(4 * HIDDEN);
  readonly #hidden = new Float32Array(HIDDEN);
  readonly #cell = new Float32Array(HIDDEN);

  constructor(model: SileroModel) {
    this.#model = model;
  }

  /** How likely it is that these 256 samples, -1 to 1, hold speech: 0 to 1. */
  step(window: Float32Array): number {
    this.#take(window);
    this.#transform();
    let features: Float32Array = this.#spectrum;
    for (const layer of this.#model.layers) features = convolve(layer, features);
    return this.#remember(features);
  }

  #take(window: Float32Array): void {
    const samples = this.#samples;
    samples.copyWithin(0, SILERO_WINDOW, SILERO_WINDOW + CONTEXT);
    samples.set(window, CONTEXT);
    const end = CONTEXT + SILERO_WINDOW;
    for (let i = 0; i < PADDING; i++) samples[end + i] = samples[end - 2 - i] ?? 0;
  }

  #transform(): void {
    const { basis } = this.#model;
    for (let frame = 0; frame < FRAMES; frame++) {
      for (let bin = 0; bin < BINS; bin++) {
        const real = dot(basis, bin * FFT, this.#samples, frame * HOP, FFT);
        const imaginary = dot(basis, (BINS + bin) * FFT, this.#samples, frame * HOP, FFT);
        this.#spectrum[frame * BINS + bin] = Math.hypot(real, imaginary);
      }
    }
  }

  /** The long short-term memory cell and the unit that reads it. Gates: input, forget, candidate, output. */
  #remember(features: Float32Array): number {
    const w = this.#model.weights;
    const [gates, hidden, cell] = [this.#gates, this.#hidden, this.#cell];
    for (let row = 0; row < gates.length; row++) {
      gates[row] =
        (w['decoder.rnn.bias_ih'][row] ?? 0) +
        (w['decoder.rnn.bias_hh'][row] ?? 0) +
        dot(w['decoder.rnn.weight_ih'], row * HIDDEN, features, 0, HIDDEN) +
        dot(w['decoder.rnn.weight_hh'], row * HIDDEN, hidden, 0, HIDDEN);
    }
    let sum = w['decoder.decoder.2.bias'][0] ?? 0;
    for (let i = 0; i < HIDDEN; i++) {
      const kept = sigmoid(gates[HIDDEN + i] ?? 0) * (cell[i] ?? 0);
      const added = sigmoid(gates[i] ?? 0) * Math.tanh(gates[2 * HIDDEN + i] ?? 0);
      cell[i] = kept + added;
      const output = sigmoid(gates[3 * HIDDEN + i] ?? 0) * Math.tanh(kept + added);
      hidden[i] = output;
      sum += (w['decoder.decoder.2.weight'][i] ?? 0) * Math.max(0, output);
    }
    return sigmoid(sum);
  }
}
