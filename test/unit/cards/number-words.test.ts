import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldWord, mayHoldNumber, readNumber } from '../../../src/services/cards/number-words.ts';
import { holds } from '../../support/properties.ts';

/** What numbers are said with, and some of what is said beside them. */
const WORDS = [
  'zero One two three four five six seven eight nine niner o Oh nil',
  'ten eleven twelve thirteen fifteen eighteen twenty thirty forty fourty eighty',
  'null eins ein zwei zwo drei vier fünf sechs sieben acht neun zehn elf',
  'zwölf Fünfzehn siebzehn zwanzig dreißig vierzig neunzig hundert tausend hundred',
  'thousand and und double triple doppel doppelte zweimal dreimal mal times die',
  'zeros ohs ones fours nullen einsen sechsen nineties yes word moment 4 47',
  'einundvierzig zweihundert elfhundert viertausendeinhundertelf doppeldrei naught ｆｏｕｒ',
].flatMap((line) => line.split(' '));
const words = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 });

describe('a text that may hold a number', () => {
  test('is every text in which one is read', () => {
    holds(
      fc.property(words, (said) => {
        const folded = said.map(foldWord);
        const isRead = said.some((_, from) => readNumber((place) => folded[from + place]) !== undefined);
        expect(!isRead || mayHoldNumber(said.join(' ')), said.join(' ')).toBe(true);
      }),
    );
  });

  test.each(['completed', 'Good morning, this is Harbour Street Dental!', 'word word word', 'no_answer'])(
    'is not "%s"',
    (text) => {
      expect(mayHoldNumber(text)).toBe(false);
    },
  );
});
