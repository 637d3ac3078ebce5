import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { wordsIn, placesIn } from '../support/docs/named-places.ts';
import { callLaws } from '../support/laws/call-laws.ts';

const page = readFileSync('docs/architecture.md', 'utf8');

/** What stands between a heading of the page and the next one. */
const section = (heading: string) => page.split(`## ${heading}\n`)[1]?.split(/^## /m)[0] ?? '';
/** The cells of a section's tables, without quotes and without the heads. */
const rowsOf = (text: string) =>
  [...text.matchAll(/^\| `.*$/gm)].map(([row]) =>
    row.split('|').map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)),
  );

/** The room of a file; undefined for one that stands directly in `src`. */
function roomOf(path: string): string | undefined {
  const [house, room = '', sub] = path.split('/');
  if (house === 'console') return house;
  return house === 'src' && sub !== undefined ? room : undefined;
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));

test('the table of rooms has every room of src and the console, with the rooms that it imports', () => {
  const found = new Map<string, Set<string>>();
  for (const path of [...filesIn('src'), ...filesIn('console')]) {
    const room = roomOf(path);
    if (room === undefined || !/\.tsx?$/.test(path)) continue;
    const imports = found.get(room) ?? new Set<string>();
    found.set(room, imports);
    for (const { fileName } of ts.preProcessFile(readFileSync(path, 'utf8')).importedFiles) {
      const to = fileName.startsWith('.') ? roomOf(normalize(join(dirname(path), fileName))) : undefined;
      if (to !== undefined && to !== room) imports.add(to);
    }
  }
  const told = rowsOf(section('The parts')).filter((cells) => cells.length > 4);
  expect(Object.fromEntries(told.map(([, [room = ''] = [], , imports = []]) => [room, imports]))).toEqual(
    Object.fromEntries([...found].map(([room, imports]) => [room, [...imports].sort()])),
  );
});

test('the table of services has every folder of services', () => {
  const folders = rowsOf(section('The parts')).filter((cells) => cells.length === 4);
  expect(folders.map(([, cells]) => cells?.[0])).toEqual(readdirSync('src/services').sort());
});

test('each invariant has a number, a place that holds it and a test', () => {
  const invariants = section('The invariants').split(/^(?=\d+\. )/m);
  const told = invariants.filter((text) => /^\d/.test(text));
  expect(told.map((text) => Number.parseInt(text))).toEqual(told.map((_, at) => at + 1));
  const bare = told.filter((text) => {
    const [, rest = ''] = text.split('Held by');
    const [held = '', tested = ''] = rest.split('Tested by');
    return placesIn(held).length === 0 || wordsIn(tested).length === 0;
  });
  expect(told.length).toBeGreaterThan(20);
  expect(bare).toEqual([]);
});

test('every law of a call is told, in its own words, and no other', () => {
  const told = [...section('The laws of a call').matchAll(/^- `[^`]+` "([^"]+)": (.+)$/gm)];
  expect(told.map(([, name, sentence]) => ({ name, sentence }))).toEqual(
    callLaws.map(({ name, sentence }) => ({ name, sentence })),
  );
});
