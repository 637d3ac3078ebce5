import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Dialogue } from '../../../src/simulator/realtime/dialogue.ts';
import { readScenario, Scenario } from '../../../src/simulator/scenario.ts';
import { ScenarioMatcher } from '../../../src/simulator/scenario-matcher.ts';
import { type Phrase, readPhrase, toJsgf } from '../../../src/simulator/scenario-phrases.ts';
import { spelled, valueOf } from '../../../src/simulator/scenario-values.ts';
import { EngineError, noteOf } from '../../../src/errors.ts';
import { temporaryFolder } from '../../support/journal.ts';
import { holds } from '../../support/properties.ts';

const scenario = readScenario();
/** A Wednesday, late in the evening of New York. */
const MOMENT = { now: Date.UTC(2026, 10, 26, 3), zone: 'America/New_York' };

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}

/** One sentence of a phrase, by the choices of a random source. */
function sentence(phrase: Phrase, pick: (count: number) => number): string {
  switch (phrase.kind) {
    case 'word':
      return phrase.word;
    case 'slot':
      return sentence(readPhrase(scenario.slots[phrase.name]?.phrase ?? ''), pick);
    case 'sequence':
      return phrase.parts.map((part) => sentence(part, pick)).join(' ');
    case 'choice': {
      const part = phrase.parts[pick(phrase.parts.length)];
      return part === undefined ? '' : sentence(part, pick);
    }
    case 'optional':
      return pick(2) === 0 ? '' : sentence(phrase.part, pick);
    case 'repeat':
      return Array.from({ length: 1 + pick(3) }, () => sentence(phrase.part, pick)).join(' ');
  }
}

describe('phrases', () => {
  test('every sentence that the grammar holds is understood, whole', () => {
    const matcher = new ScenarioMatcher(scenario);
    const phrases = scenario.intents.flatMap(({ phrases: texts }, rank) =>
      texts.map((text) => ({ text, rank })),
    );
    holds(
      fc.property(
        fc.constantFrom(...phrases),
        fc.infiniteStream(fc.nat(1_000_000)),
        ({ text, rank }, numbers) => {
          const said = sentence(readPhrase(text), (count) => (numbers.next().value ?? 0) % count);
          const match = matcher.match(said);
          // Two intents may hold one sentence; then the first has it.
          const found = match === undefined ? Infinity : scenario.intents.indexOf(match.intent);
          expect(found, said).toBeLessThanOrEqual(rank);
        },
      ),
      { runs: 500 },
    );
  });

  test.each(['(a | b', 'a |', '[]', 'a ] b', '+ a', '<Day>', 'a & b', ''])(
    'the phrase "%s" is none',
    (text) => {
      expect(() => readPhrase(text)).toThrow(EngineError);
    },
  );

  test('phrases that are read and written again are the same', () => {
    const text = '[please] (call <name> | text me)+';
    expect(toJsgf(readPhrase(toJsgf(readPhrase(text))))).toBe(toJsgf(readPhrase(text)));
  });
});

describe('a scenario file', () => {
  test('a scenario file names the intent and the slot that do not fit', () => {
    const broken = structuredClone({ ...scenario, slots: {} });
    const result = Scenario.safeParse(broken);
    expect(result.error?.issues.map(({ message }) => message).join()).toContain(
      'intent book uses unknown slots',
    );
  });

  test.each([
    ['that is not there', undefined, 'no such file'],
    ['that is not JSON', '{\n "greeting": x\n}', 'is not JSON: '],
    ['in Latin-1', Buffer.from('{é}', 'latin1'), 'is not UTF-8: save it as UTF-8'],
    ['in UTF-16 without a mark', Buffer.from('{}', 'utf16le'), 'is not UTF-8: save it as UTF-8'],
    [
      'with a wrong name and a phrase that is none',
      JSON.stringify({
        ...scenario,
        greting: 'Hi',
        intents: [{ ...scenario.intents[0], phrases: ['(a | b'] }],
      }),
      /^intents\.0\.phrases\.0: .+; greting: is unknown, did you mean "greeting"\?$/,
    ],
  ])('a scenario file with %s is told in one line with its path', (_, content, problem) => {
    const path = join(temporaryFolder(), 'scenario.json');
    if (content !== undefined) writeFileSync(path, content);
    const error = noteOf(
      thrownBy(() => readScenario(path)),
      'INTERNAL',
    );
    const [before, after = ''] = error.message.split(`the scenario ${path}: `);
    expect([error.code, before]).toEqual(['CONFIG_INVALID', 'the configuration is invalid: ']);
    expect(after).toMatch(problem);
    expect(after).not.toContain('\n');
  });

  const saved = `\ufeff${JSON.stringify(scenario, null, 2).replaceAll('\n', '\r\n')}`;
  test.each([
    ['UTF-8 with a mark of byte order', Buffer.from(saved)],
    ['UTF-16', Buffer.from(saved, 'utf16le')],
    ['UTF-16 the other way', Buffer.from(saved, 'utf16le').swap16()],
  ])('a scenario file may be %s', (_, bytes) => {
    const path = join(temporaryFolder(), 'scenario.json');
    writeFileSync(path, bytes);
    expect(readScenario(path)).toEqual(scenario);
  });

  test('a scenario file has no slot inside itself', () => {
    const loop = { ...scenario, slots: { ...scenario.slots, loop: { phrase: 'a <loop>' } } };
    expect(Scenario.safeParse(loop).success).toBe(false);
  });
});

describe('values', () => {
  test.each([
    ['date', 'today', '2026-11-25'],
    ['date', 'tomorrow', '2026-11-26'],
    ['date', 'wednesday', '2026-12-02'],
    ['date', 'next tuesday', '2026-12-01'],
    ['time', "nine o'clock", '09:00'],
    ['time', 'three thirty', '15:30'],
    ['time', 'eleven forty five in the morning', '11:45'],
    ['time', 'eight in the evening', '20:00'],
    ['time', 'twelve', '12:00'],
    ['time', 'noon', '12:00'],
    ['time', "one o'clock in the afternoon", '13:00'],
    ['digits', 'four zero two', '402'],
    ['words', 'john smith', 'john smith'],
  ] as const)('the value of a %s, "%s", is %s', (kind, words, value) => {
    expect(valueOf(kind, words, MOMENT)).toBe(value);
  });
});

test.each([
  ['At 3:30 PM, please', 'at three thirty in the afternoon please'],
  ['at 10', 'at ten'],
  ['15:00', "three o'clock in the afternoon"],
  ['8 a.m.', "eight o'clock in the morning"],
  ['my number is 402', 'my number is four zero two'],
])('the value "%s" is said as "%s"', (written, words) => {
  expect(spelled(written)).toBe(words);
});

describe('the dialogue', () => {
  const tool = (name: string, properties: object) => ({
    type: 'function' as const,
    name,
    parameters: { properties },
  });
  const say = (dialogue: Dialogue, words: string | undefined, tools: ReturnType<typeof tool>[] = []) =>
    dialogue.reply({ type: 'words', words }, undefined, tools, MOMENT);

  test('the dialogue asks for what a booking needs, and goes on when it has it', () => {
    const dialogue = new Dialogue(scenario);
    const tools = [tool('check_availability', { date: {}, service: { enum: ['Cleaning', 'Check-up'] } })];
    expect(say(dialogue, 'i want to book a cleaning', tools).say).toBe('For which day would you like that?');
    expect(say(dialogue, 'for friday', tools).say).toBe('At what time would suit you?');
    const { call } = say(dialogue, "at ten o'clock", tools);
    expect(call?.name).toBe('check_availability');
    // `time` is left out, because this tool does not take it.
    expect(JSON.parse(call?.arguments ?? '')).toEqual({ date: '2026-11-27', service: 'Cleaning' });
  });

  test.each([
    ['Say exactly: "It\'s "Acme", hello!"', 'It\'s "Acme", hello!'],
    ['Greet them. Say exactly “Bonjour”', 'Bonjour'],
    ['Say exactly: One moment please.', 'One moment please.'],
  ])('the dialogue says %s', (instructions, said) => {
    const reply = new Dialogue(scenario).reply({ type: 'nothing', isFirst: true }, instructions, [], MOMENT);
    expect(reply).toEqual({ say: said });
  });

  test('the dialogue is honest about what it did not catch, and about tools it lacks', () => {
    const dialogue = new Dialogue(scenario);
    expect(say(dialogue, undefined).say).toBe(scenario.unknown);
    expect(say(dialogue, 'colourless green ideas').say).toBe(scenario.unanswered);
    expect(say(dialogue, 'goodbye').say).toBe(scenario.unable);
  });

  test('the dialogue finds an intent inside typed words', () => {
    expect(say(new Dialogue(scenario), 'Well, erm, what are your opening hours, then?').say).toBe(
      'I was not told the opening hours.',
    );
  });
});
