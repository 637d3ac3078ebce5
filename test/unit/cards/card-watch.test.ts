import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CardWatch, HELD, type SpokenLine } from '../../../src/services/cards/card-watch.ts';
import { KeyedEntries } from '../../../src/services/cards/keyed-entries.ts';
import { maskJson } from '../../../src/services/cards/card-mask.ts';
import { holds } from '../../support/properties.ts';

const CARD = '[card number removed]';
const CODE = '[card code removed]';

/** A conversation, `caller: …` and `agent: …`; what stands in its transcript now, and in the end. */
function conversation(...lines: string[]) {
  const watch = new CardWatch();
  const texts: string[] = [];
  const write = (line: SpokenLine) => {
    texts[Number(line.itemId)] = line.text;
  };
  const news = lines.map((line, i) => {
    const [role = '', text = ''] = line.split(/: (.*)/s);
    const told = watch.said({
      role: role === 'agent' ? 'agent' : 'caller',
      itemId: String(i),
      text,
      at: i * 1000,
    });
    write(told.line);
    told.reworded.forEach(write);
    return told;
  });
  const now = [...texts];
  watch.release().forEach(write);
  return { watch, news, now, texts };
}

describe('a card number over several turns', () => {
  test('a card number over several turns is held back with its first part, and masked in both turns with its last', () => {
    const { now, news } = conversation(
      'caller: It is 4111 1111',
      'agent: Yes?',
      'caller: 1111 1111, please.',
    );
    expect(news[0]?.line.text).toBe(`It is ${HELD}`);
    expect(now).toEqual([`It is ${CARD}`, 'Yes?', `${CARD}, please.`]);
    expect(news[2]?.cardSince).toBe(0);
  });

  test.each([
    [['4111', 'yes', '1111', '1111', 'and then 1111']],
    [['four one one one', 'double one double one', 'um, hang on', 'four ones', '1111 that is it']],
    [['My card is 4111 1111 1111', 'sorry, one moment', '1111']],
    [['vier eins eins eins', 'ja', 'viermal die eins', 'elf elf', 'und 1111']],
  ])('a card number over several turns, %j, leaves none of it', (turns) => {
    const { texts } = conversation(...turns.map((turn) => `caller: ${turn}`));
    expect(texts.join(' ')).not.toMatch(/\d|\bone\b(?! moment)|eins|elf/);
  });

  test('a card number over several turns is masked where the agent repeats it part by part', () => {
    const { now } = conversation(
      'caller: 4111 1111',
      'agent: 4111 1111, and then?',
      'caller: 1111 1111',
      'agent: So that is 4111 1111 1111 1111, ending in 1111.',
    );
    expect(now.join(' ')).not.toMatch(/4111|1111 1111/);
    expect(now[1]).toBe(`${CARD}, and then?`);
    expect(now[3]).toContain('ending in');
  });

  test('digits over several turns that are no card number are told in full in the end', () => {
    const phone = 'caller: My number is 202 555 0123';
    const said = 'My number is 202 555 0123';
    expect(conversation(phone).now[0]).toBe(`My number is ${HELD}`);
    expect(conversation(phone).texts[0]).toBe(said);
    expect(conversation(phone, 'caller: I would like to come on the 12 of May').now[0]).toBe(said);
    expect(conversation(phone, 'caller: Yes.', 'caller: Fine.').now[0]).toBe(`My number is ${HELD}`);
    expect(conversation(phone, 'caller: Yes.', 'caller: Fine.', 'caller: Bye.').now[0]).toBe(said);
  });

  test('nothing is lost or changed of turns that hold no card number', () => {
    const turn = fc.constantFrom(
      'Yes.',
      '2025550123',
      'at 10 30',
      'one two three four',
      'number 7',
      'Bye!',
      'on 12.5.2027',
    );
    holds(
      fc.property(fc.array(turn, { maxLength: 4 }), (turns) => {
        const { texts } = conversation(...turns.map((text) => `caller: ${text}`));
        expect(texts).toEqual(turns);
      }),
    );
  });
});

describe('what follows a card number', () => {
  test('what follows a card number is its code, by its name or bare in the next turns, and nothing later', () => {
    const { texts } = conversation(
      'caller: 4111 1111 1111 1111',
      'agent: And the code?',
      'caller: 123.',
      'agent: Thank you. The code 123 is not needed, that makes 250 dollars.',
      'caller: Fine.',
      'caller: I live at 221',
    );
    expect(texts.slice(2, 4)).toEqual([
      `${CODE}.`,
      `Thank you. The code ${CODE} is not needed, that makes 250 dollars.`,
    ]);
    expect(texts.at(-1)).toBe('I live at 221');
  });

  test('what follows a card number is its code in the agent’s words too, when it is named', () => {
    const { texts } = conversation('caller: 4111 1111 1111 1111', 'agent: Your security code is 123?');
    expect(texts[1]).toBe(`Your security code is ${CODE}?`);
  });
});

test('a line that was cut is masked over what was heard and what was not', () => {
  const watch = new CardWatch();
  const line = {
    role: 'agent',
    itemId: 'a',
    text: 'So 4111 1111',
    unheard: '1111 1111, right?',
    at: 1,
  } as const;
  expect(watch.said(line).line).toMatchObject({ text: `So ${CARD}`, unheard: `${CARD}, right?` });
});

describe('keys', () => {
  const keyed = (...entries: string[]) => {
    const keys = new KeyedEntries(() => false);
    return entries.map((entry) => keys.take(`[keypad] ${entry}`).text);
  };

  test.each([
    [['4111111111111111'], [CARD]],
    [
      ['4111*1111*1111*1111', '123'],
      [CARD, CODE],
    ],
    [
      ['41111111', '11111111'],
      ['41111111', CARD],
    ],
    [['1'], ['1']],
    [
      ['2025550123', '10115'],
      ['2025550123', '10115'],
    ],
    [['123'], ['123']],
  ])('keys %j are told as %j', (entries, told) => {
    expect(keyed(...entries)).toEqual(told.map((text) => `[keypad] ${text}`));
  });
});

describe('JSON', () => {
  test.each([
    ['{"notes":"card 4111 1111 1111 1111"}', `{"notes":"card ${CARD}"}`],
    ['{"card":4111111111111111,"cvc":"123"}', `{"card":"${CARD}","cvc":"${CODE}"}`],
    ['{"groups":["4111","1111",1111,"1111"]}', `{"groups":["${CARD}"]}`],
    ['{"a":[{"b":"four one one one 1111 1111 1111"}]}', `{"a":[{"b":"${CARD}"}]}`],
    ['not json 4111111111111111', `not json ${CARD}`],
    [
      '{"phone":"+12025550123",  "at" : 1764410934123, "n":[1,2,3]}',
      '{"phone":"+12025550123",  "at" : 1764410934123, "n":[1,2,3]}',
    ],
  ])('JSON %s is %s with its card numbers masked', (json, masked) => {
    expect(maskJson(json)).toBe(masked);
  });
});
