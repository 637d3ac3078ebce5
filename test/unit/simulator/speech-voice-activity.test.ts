import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Flite, loadFlite } from '../../../src/simulator/speech/flite.ts';
import { Silero, SILERO_WINDOW, sileroModel } from '../../../src/simulator/speech/silero.ts';
import { readSileroWeights } from '../../../src/simulator/speech/silero-weights.ts';
import { VoiceActivity, type VoiceFact } from '../../../src/simulator/speech/voice-activity.ts';
import { lineNoise, onTheLine, recordings, spoken, tones } from '../../support/telephone-audio.ts';

const model = sileroModel(readSileroWeights());
const SERVER_VAD = { threshold: 0.5, prefixMs: 300, silenceMs: 500 };
const LEAD_MS = 800;

let flite: Flite;

beforeAll(async () => {
  flite = await loadFlite();
});

/** What is told of audio that comes in 20 ms frames. */
function factsOf(audio: Float32Array, detection = SERVER_VAD) {
  const facts: (VoiceFact & { toldMs: number })[] = [];
  let toldMs = 0;
  const voice = new VoiceActivity(model, detection, (fact) => facts.push({ ...fact, toldMs }));
  for (let at = 0; at < audio.length; at += 160) {
    toldMs = (at + 160) / 8;
    voice.hear(audio.subarray(at, at + 160));
  }
  return facts;
}

/** The first sample that is louder than the line, in ms. */
const onsetMs = (audio: Float32Array) => audio.findIndex((sample) => Math.abs(sample) > 400 / 32_768) / 8;

describe('the detector', () => {
  test('the voice detector gives the values of the original model', () => {
    // From silero_vad_v5.onnx at single precision, 8 kHz, on this chord of a buzz.
    const silero = new Silero(model);
    const buzz = tones([150, 300, 450, 600, 750], 320, 0.1);
    const values = Array.from({ length: 10 }, (_, i) =>
      silero.step(buzz.subarray(i * SILERO_WINDOW, (i + 1) * SILERO_WINDOW)),
    );
    const original = [0.8153, 0.8832, 0.8578, 0.4811, 0.5942, 0.3065, 0.2628, 0.3586, 0.1971, 0.3137];
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(original[i] ?? 0, 3);
    });
  });

  test.each(['slt', 'rms', 'awb', 'kal16'] as const)(
    'the voice detector hears %s begin within 150 ms, and end',
    (voice) => {
      const speech = spoken(flite, 'I would like to book an appointment', { voice });
      const facts = factsOf(onTheLine(speech, LEAD_MS, 1200));
      expect(facts.map(({ type }) => type)).toEqual(['started', 'uttered', 'stopped']);
      const [started, , stopped] = facts;
      const delay = (started?.toldMs ?? 0) - LEAD_MS - onsetMs(speech);
      expect(delay).toBeGreaterThan(-40);
      expect(delay).toBeLessThanOrEqual(150);
      const end = LEAD_MS + speech.length / 8;
      expect(stopped?.toldMs).toBeGreaterThan(end);
      expect(stopped?.toldMs).toBeLessThan(end + 700);
    },
  );

  test.each([
    ['line noise', () => lineNoise(4000)],
    ['mains hum', () => tones([50, 100, 150], 4000)],
    ['a key', () => tones([697, 1209], 4000)],
    ['the ringing tone', () => tones([440, 480], 4000)],
    ['a clicking line', () => tones([0], 4000).map((_, n) => (n % 1600 < 8 ? 0.5 : 0))],
  ])('the voice detector does not take %s for speech', (_, noise) => {
    expect(
      factsOf(onTheLine(noise(), 200, 200)).map(({ type, toldMs }) => `${type} ${String(toldMs)}`),
    ).toEqual([]);
  });

  test('the voice detector hears people', () => {
    for (const { text, samples } of recordings()) {
      const facts = factsOf(onTheLine(samples, LEAD_MS, 1200));
      expect(facts[0]?.type, text).toBe('started');
      expect(facts.at(-1)?.type, text).toBe('stopped');
    }
  });
});

describe('a line on which nothing moves', () => {
  const HALF_A_MINUTE = new Float32Array(240_000);

  test('the voice detector hears the same after a line on which nothing has moved for long as after a short silence', () => {
    const speech = spoken(flite, 'Where is your office', { voice: 'rms' });
    const after = (silence: Float32Array) =>
      factsOf(Float32Array.from([...silence, ...speech, ...new Float32Array(12_000)])).map((fact) => ({
        ...fact,
        toldMs: fact.toldMs - silence.length / 8,
        ...('startMs' in fact && { startMs: fact.startMs - silence.length / 8 }),
        ...('endMs' in fact && { endMs: fact.endMs - silence.length / 8 }),
      }));
    expect(after(HALF_A_MINUTE.subarray(0, 10 * SILERO_WINDOW))).toEqual(
      after(HALF_A_MINUTE.subarray(0, 900 * SILERO_WINDOW)),
    );
  });

  test('the voice detector does not compute on a line on which nothing moves', () => {
    const step = vi.spyOn(Silero.prototype, 'step');
    onTestFinished(() => {
      step.mockRestore();
    });
    expect(factsOf(HALF_A_MINUTE)).toEqual([]);
    expect(step).toHaveBeenCalledTimes(16);
    expect(factsOf(lineNoise(1000))).toEqual([]);
    expect(step.mock.calls.length).toBeGreaterThan(40);
  });
});

describe('offsets', () => {
  test('offsets of speech count the audio written, the padding included', () => {
    const speech = spoken(flite, 'Hello there', { voice: 'slt' });
    const start = (prefixMs: number) =>
      factsOf(onTheLine(speech, LEAD_MS, 1200), { ...SERVER_VAD, prefixMs }).find(
        ({ type }) => type === 'started',
      );
    const [none, some, more] = [start(0), start(300), start(5000)];
    if (none?.type !== 'started' || some?.type !== 'started' || more?.type !== 'started')
      throw new Error('no start');
    expect(none.startMs - some.startMs).toBe(300);
    expect(more.startMs).toBe(0);
  });

  test('offsets of speech end a turn after the silence that was asked for', () => {
    const speech = spoken(flite, 'Hello there', { voice: 'slt' });
    const stop = (silenceMs: number) =>
      factsOf(onTheLine(speech, LEAD_MS, 2000), { ...SERVER_VAD, silenceMs }).find(
        ({ type }) => type === 'stopped',
      );
    expect((stop(960)?.toldMs ?? 0) - (stop(320)?.toldMs ?? 0)).toBe(640);
  });

  test('offsets of speech are the same for any cut of the audio', () => {
    const audio = onTheLine(spoken(flite, 'Hello there', { voice: 'awb' }), LEAD_MS, 1200);
    const cut = (size: number) => {
      const told: number[] = [];
      const voice = new VoiceActivity(model, SERVER_VAD, (fact) => {
        if (fact.type === 'started') told.push(fact.startMs);
        if (fact.type === 'stopped') told.push(fact.endMs);
      });
      for (let at = 0; at < audio.length; at += size) voice.hear(audio.subarray(at, at + size));
      return told;
    };
    // The offset is of the window, so a whole second of audio at once tells the same within one window.
    for (const size of [7, 160, 256]) expect(cut(size)).toEqual(cut(160));
  });
});

test('a pause in a turn gives words early, and going on replaces them', () => {
  const first = spoken(flite, 'I would like to book', { voice: 'rms' });
  const second = spoken(flite, 'an appointment', { voice: 'rms' });
  const pause = onTheLine(first, 500, 280);
  const facts = factsOf(Float32Array.from([...pause, ...onTheLine(second, 0, 1200)]), {
    ...SERVER_VAD,
    silenceMs: 800,
  });
  expect(facts.map(({ type }) => type)).toEqual(['started', 'uttered', 'uttered', 'stopped']);
  const [early, late] = facts.filter((fact) => fact.type === 'uttered');
  expect(late?.samples.length).toBeGreaterThan((early?.samples.length ?? 0) + second.length / 2);
});
