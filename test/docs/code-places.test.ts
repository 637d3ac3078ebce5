import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { namesDeclaredIn, placesIn, textsIn, wordsIn } from '../support/docs/named-places.ts';

/** Pages that lead through the code, place by place. */
const PAGES = ['docs/architecture.md', 'docs/one-call.md', 'HACKING.md'];

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(page, 'utf8');
  const places = placesIn(text);

  test(`the page ${page} names files that are there`, () => {
    expect(places.length).toBeGreaterThan(10);
    const missing = places.filter(({ file }) => !existsSync(file)).map(({ file }) => file);
    expect(missing).toEqual([]);
  });

  test(`the page ${page} names of each file only what it declares`, () => {
    const missing = places.flatMap(({ file, name }) =>
      name === undefined || namesDeclaredIn(file).has(name) ? [] : [`${file}#${name}`],
    );
    expect(missing).toEqual([]);
  });

  test(`the page ${page} quotes tests and laws by words that stand in their files`, () => {
    const missing = wordsIn(text).flatMap(({ file, words }) =>
      textsIn(file).has(words) ? [] : [`${file} "${words}"`],
    );
    expect(missing).toEqual([]);
  });
});

test('a place that is not there, or a name that is not declared, is found', () => {
  const page =
    'See `src/clock.ts#systemClock`, `src/clock.ts#moonClock`, `src/no.ts` and `test/a.test.ts` "b c".';
  expect(placesIn(page)).toEqual([
    { file: 'src/clock.ts', name: 'systemClock' },
    { file: 'src/clock.ts', name: 'moonClock' },
    { file: 'src/no.ts', name: undefined },
    { file: 'test/a.test.ts', name: undefined },
  ]);
  expect(namesDeclaredIn('src/clock.ts').has('systemClock')).toBe(true);
  expect(namesDeclaredIn('src/clock.ts').has('moonClock')).toBe(false);
  expect(wordsIn(page)).toEqual([{ file: 'test/a.test.ts', words: 'b c' }]);
  expect(textsIn('test/docs/code-places.test.ts')).toContain('the page %s names files that are there');
});
