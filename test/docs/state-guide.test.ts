import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exampleOf, filesOf } from '../../scripts/example/example.ts';

const page = readFileSync('docs/guide/adding-a-state.md', 'utf8');
const example = exampleOf('voicemail');
const patch = readFileSync(example.patch, 'utf8');
const added = filesOf('.', example);
const changed = [...patch.matchAll(/^\+\+\+ b\/(.+)$/gm)].map(([, path = '']) => path);

interface Quote {
  readonly language: string;
  /** The file that it says it is from. */
  readonly from: string | undefined;
  readonly text: string;
}

const FENCE = /^( *)(?:<!-- from (\S+) -->\n\n\1)?```(ts|diff)\n([^]*?)^\1```$/gm;

/** What the guide quotes, without the indentation of the list that it may stand in. */
const quotes = [...page.matchAll(FENCE)].map(([, indent = '', from, language = '', text = '']): Quote => {
  const lines = text.split('\n').map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
  return { language, from, text: lines.join('\n') };
});

describe('"Adding a state" quotes its example as it is', () => {
  test.each(quotes)(
    '"Adding a state" quotes its example as it is: $language $from: $text',
    ({ language, from, text }) => {
      if (language === 'diff') expect(patch).toContain(text);
      else expect(readFileSync(String(from), 'utf8')).toContain(text);
    },
  );

  test('"Adding a state" quotes its example in all of its code', () => {
    expect(quotes.length).toBeGreaterThan(8);
    expect(quotes).toHaveLength([...page.matchAll(/^ *```(?:ts|diff)$/gm)].length);
  });
});

test.each([...added, ...changed])(
  '"Adding a state" speaks of %s, which the example adds or changes',
  (path) => {
    expect(page.includes(basename(path)), `the guide does not name ${basename(path)}`).toBe(true);
  },
);

test('what the example of "Adding a state" adds is not there already, and what it changes is', () => {
  expect(added.length).toBeGreaterThan(0);
  expect(added.filter((path) => existsSync(path))).toEqual([]);
  expect(changed.filter((path) => !existsSync(path))).toEqual([]);
});
