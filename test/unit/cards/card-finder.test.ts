import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCards, findCodes, openNumber } from '../../../src/services/cards/card-finder.ts';
import { isCardNumber } from '../../../src/services/cards/card-networks.ts';
import { withoutFinds } from '../../../src/services/cards/card-mask.ts';
import { holds } from '../../support/properties.ts';

const masked = (text: string) => withoutFinds(text, findCards(text));

/** Card networks' own test numbers. */
const CARDS = [
  '4111111111111111',
  '4242424242424242',
  '4222222222222',
  '5555555555554444',
  '2223003122003222',
  '378282246310005',
  '6011111111111117',
  '3530111333300000',
  '36227206271667',
  '6200000000000005',
  '6759649826438453',
  '4000000000000000006',
];

const EN = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const DE = ['null', 'eins', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben', 'acht', 'neun'];

const ending = (digits: string) => {
  const last = Array.from({ length: 10 }, (_, digit) => `${digits}${String(digit)}`).find(isCardNumber);
  if (last === undefined) throw new Error('no digit ends it');
  return last;
};
/** Any number that a card can have. */
const anyCard = fc
  .tuple(fc.constantFrom('3', '4', '5', '6'), fc.integer({ min: 11, max: 17 }))
  .chain(([first, length]) =>
    fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
      .map((digits) => ending(first + digits.join(''))),
  );

/** A number cut into groups, each as it is given. */
const grouped = (card: string) =>
  fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 20, maxLength: 20 }).map((sizes) => {
    const groups: string[] = [];
    for (let at = 0; at < card.length;) {
      const size = sizes[groups.length] ?? 1;
      groups.push(card.slice(at, at + size));
      at += size;
    }
    return groups;
  });
const said = (words: readonly string[]) => (group: string) =>
  Array.from(group, (digit) => words[Number(digit)] ?? '').join(' ');

describe('a card number', () => {
  test.each(CARDS)('the card number %s is found in one piece, spaced, dashed, dotted and spoken', (card) => {
    const fours = card.match(/.{1,4}/g) ?? [];
    const ways = [
      card,
      ...[' ', '-', '–', '.', ', ', ' - ', '\u00a0'].map((pause) => fours.join(pause)),
      ...[EN, DE].map((words) => said(words)(card)),
      Array.from(card, (digit) => String.fromCodePoint(0x0660 + Number(digit))).join(''),
    ];
    for (const way of ways)
      expect(masked(`It is ${way}, thanks.`), way).toBe('It is [card number removed], thanks.');
  });

  test.each([
    ['four one one one, double one double one, triple one one, quadruple one'],
    ['forty-one eleven eleven eleven eleven eleven eleven eleven'],
    ['four thousand one hundred and eleven, eleven hundred eleven, eleven eleven, eleven eleven'],
    ['four, three ones, and then 1111, uh, four ones, 1111'],
    ['vier eins eins eins, doppel eins, zweimal die eins, viermal eins, dreimal die Eins und eins'],
    ['einundvierzig elf elf elf elf elf elf elf'],
    ['viertausendeinhundertelf, elfhundertelf, eintausendeinhundertelf, 1111'],
    ['4111, then one one one one 11 eleven and 1-1-1-1'],
    ['4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1'],
    ['4111/1111/1111/1111'],
  ])('a card number is found in %j', (words) => {
    expect(masked(words)).toBe('[card number removed]');
  });

  test.each([
    ['four two four two, four two four two, four two four two, four two four two', '4242424242424242'],
    [
      'five triple five, double five double five, five five five five, four four double four',
      '5555555555554444',
    ],
    ['three seven eight two eight two two four six three one oh oh oh five', '378282246310005'],
    ['drei sieben acht zwo acht zwo zwo vier sechs drei eins null doppelnull fünf', '378282246310005'],
  ])('a card number in %j has the digits %s', (words, digits) => {
    expect(findCards(words)).toMatchObject([{ digits }]);
  });

  test('a card number is found in any grouping, in digits and words of two languages mixed', () => {
    const given = anyCard.chain((card) =>
      fc.record({
        groups: grouped(card),
        ways: fc.array(
          fc.constantFrom((group: string) => group, said(EN), said(DE)),
          { minLength: 20, maxLength: 20 },
        ),
        pauses: fc.array(fc.constantFrom(' ', '-', ', ', ' and ', ' uh '), { minLength: 20, maxLength: 20 }),
        before: fc.constantFrom('', 'My card is ', 'Die Nummer lautet: ', 'hm, '),
        behind: fc.constantFrom('', ' please', '. Thank you!'),
      }),
    );
    holds(
      fc.property(given, ({ groups, ways, pauses, before, behind }) => {
        const text = groups
          .map((group, i) => `${i === 0 ? '' : (pauses[i] ?? ' ')}${(ways[i] ?? String)(group)}`)
          .join('');
        const found = masked(`${before}${text}${behind}`);
        expect(found).not.toMatch(/\d/);
        expect(found).toContain('[card number removed]');
        expect(found.startsWith(before.trimEnd().slice(0, 2))).toBe(true);
      }),
      { runs: 2000 },
    );
  });

  test('a card number takes its code with it, and when it runs out', () => {
    expect(masked('4111 1111 1111 1111 123')).toBe('[card number removed] [card code removed]');
    expect(masked('4111 1111 1111 1111, 12/27, 123')).toBe(
      '[card number removed], [card code removed], [card code removed]',
    );
    expect(masked('41111111111111111227123')).toBe('[card number removed]');
    expect(masked('It is 4111 1111 1111 1111 and the CVC is one two three.')).toBe(
      'It is [card number removed] and the CVC is [card code removed].',
    );
    expect(masked('4111 1111 1111 1111, at 10:30, for 250 dollars, in 2027')).toBe(
      '[card number removed], at 10:30, for 250 dollars, in 2027',
    );
  });
});

describe('what is no card number', () => {
  test.each([
    'Call me at +49 1512 3456784 or +1 (202) 555-0123.',
    'Meine Nummer ist 0049 151 23456789.',
    'plus four nine one five one two three four five six seven eight',
    'The order is 4111 1111 1111 1112.',
    'Bestellung 1234567890123456',
    'On 2026-11-29 at 10:08:54, or 30.11.2026 31.12.2026, or 4.12.2026.',
    '30.00 45.00 50.00 60.10, €1,299.00',
    'DE89 3704 0044 0532 0130 00 and GB29 NWBK 6016 1331 9268 19',
    'D E 8 9 3704 0044 0532 0130 00',
    'one two three, and nobody at the door',
    'Die eine oder die andere, um elf oder um zwölf.',
    '{"id":"CA0123456789abcdef0123456789abcdef","at":"2026-11-29T10:08:54.123Z"}',
    '550e8400-e29b-41d4-a716-446655440000',
    '1764410934123',
    '',
  ])('what is no card number stays as it is: %j', (text) => {
    expect(masked(text)).toBe(text);
  });

  test('any text whose digits make no card number stays byte for byte', () => {
    const words = fc.constantFrom(
      'call',
      'me',
      'at',
      'one',
      'two',
      'vier',
      'doppel',
      '12',
      '2026',
      '10:30',
      '€5.00',
      '+1',
      ',',
      '.',
      'and',
    );
    holds(
      fc.property(fc.array(words, { maxLength: 8 }), (parts) => {
        const text = parts.join(' ');
        expect(masked(text)).toBe(text);
      }),
      { runs: 2000 },
    );
  });

  test('a card number stays as it is when a digit of it is another one', () => {
    holds(
      fc.property(anyCard, fc.nat(), fc.integer({ min: 1, max: 9 }), (card, place, by) => {
        // Longer ones can be a card's number and its code.
        fc.pre(card.length < 18);
        const at = place % card.length;
        const wrong = card.slice(0, at) + String((Number(card[at]) + by) % 10) + card.slice(at + 1);
        expect(masked(`Order ${wrong}.`)).toBe(`Order ${wrong}.`);
      }),
      { runs: 2000 },
    );
  });

  test('a text of digits is read for card numbers in a time that grows as the text does', () => {
    for (const piece of [
      '4',
      '4 ',
      'one ',
      '4-1',
      'DE89 3704 ',
      'x',
      '+',
      '\n',
      'four thousand ',
      'einund',
    ]) {
      const text = piece.repeat(20_000 / piece.length);
      const began = performance.now();
      findCards(text);
      findCodes(text, true);
      openNumber(text);
      expect(performance.now() - began, piece).toBeLessThan(2000);
    }
  });
});

describe('a code', () => {
  test.each([
    ['123', true, '[card code removed]'],
    ["It's one two three.", true, "It's [card code removed]."],
    ['Die Prüfziffer ist 4711', false, 'Die Prüfziffer ist [card code removed]'],
    [
      'The security code on the back of it is, let me see, 123',
      false,
      'The security code on the back of it is, let me see, [card code removed]',
    ],
    ['123', false, '123'],
    ['Can I come on the second floor at 1030 then', true, 'Can I come on the second floor at 1030 then'],
    ['At 10:30.', true, 'At 10:30.'],
    ['In 2027.', true, 'In 2027.'],
    ['250 dollars', true, '250 dollars'],
  ])("a card's code, of %j, near %s, leaves %j", (text, isNear, left) => {
    expect(withoutFinds(text, findCodes(text, isNear))).toBe(left);
  });
});

describe('a number that may go on', () => {
  test.each([
    ['It is 4111 1111', '41111111'],
    ['It is 4111 1111, one moment please.', '41111111'],
    ['My name is Ann.', undefined],
    ['I have 3 children and we would all like to come on a sunny day', undefined],
    ['4111 1111\nand 1111', '411111111111'],
  ])('a card number that may go on at the end of %j is %j', (text, digits) => {
    expect(openNumber(text)?.digits).toBe(digits);
  });
});
