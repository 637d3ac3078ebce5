import { beforeAll, expect, test } from 'vitest';
import { readScenario } from '../../../src/simulator/scenario.ts';
import { grammarOf } from '../../../src/simulator/scenario-grammar.ts';
import { type Flite, loadFlite } from '../../../src/simulator/speech/flite.ts';
import { loadRecogniser, type Recogniser } from '../../../src/simulator/speech/recogniser.ts';
import { onTheLine, recordings, spoken } from '../../support/telephone-audio.ts';

let flite: Flite;
let recogniser: Recogniser;

beforeAll(async () => {
  flite = await loadFlite();
  recogniser = await loadRecogniser(grammarOf(readScenario()), flite.phonesOf);
}, 30_000);

const hear = (samples: Float32Array) => recogniser.recognise(onTheLine(samples, 300, 200));

test('every recording of a person is heard word for word', () => {
  expect(recordings().map(({ samples }) => hear(samples))).toEqual(recordings().map(({ text }) => text));
}, 60_000);

test.each(['rms', 'awb'] as const)(
  'the synthetic caller %s is heard word for word',
  (voice) => {
    const sentences = [
      'hello',
      'i would like to book an appointment for tuesday at three thirty in the afternoon',
      'my account number is four seven two nine one zero',
      'my name is john smith',
      'i want to speak to a human agent',
      'thank you very much goodbye',
    ];
    expect(sentences.map((sentence) => hear(spoken(flite, sentence, { voice })))).toEqual(sentences);
  },
  60_000,
);

test('what is no sentence of the scenario is not understood', () => {
  const others = [
    'the weather in paris is lovely this time of year',
    'how many elephants fit into a telephone box',
    'my dog ate the purple bicycle yesterday',
    'what is the capital of france',
  ];
  expect(others.map((sentence) => hear(spoken(flite, sentence, { voice: 'slt' })))).toEqual(
    others.map(() => undefined),
  );
}, 60_000);

test('words that no dictionary has are heard by the phones of the voice', async () => {
  const grammar = {
    jsgf: '#JSGF V1.0;\ngrammar g;\npublic <s> = please call (zorblax | twilio) now;',
    words: ['zorblax', 'twilio', 'please', 'call', 'now'],
  };
  const { recognise } = await loadRecogniser(grammar, flite.phonesOf);
  expect(recognise(onTheLine(spoken(flite, 'please call zorblax now', { voice: 'rms' }), 300, 300))).toBe(
    'please call zorblax now',
  );
}, 30_000);
