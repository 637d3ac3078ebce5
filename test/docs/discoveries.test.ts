import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const folder = 'docs/discoveries';
const readme = readFileSync(`${folder}/README.md`, 'utf8');
const pages = readdirSync(folder).filter((name) => name !== 'README.md');

test('the table of discoveries leads to every page, and to no other', () => {
  const listed = [...readme.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual(pages.toSorted());
});

describe.each(pages)('%s', (name) => {
  const page = readFileSync(`${folder}/${name}`, 'utf8');

  test(`the discovery ${name} says how far it is to be trusted, what was seen, and what the engine does about it`, () => {
    expect(page).toMatch(/^# .+\n\n.*\b(documented|reported|measured)\b/i);
    expect(page).toContain('**So:**');
    expect(page).toMatch(/```|\||\*\*/);
  });

  test(`the discovery ${name} names files that are there`, () => {
    for (const [, path] of page.matchAll(/`((?:src|test)\/[\w./-]+)`/g)) {
      expect(existsSync(path ?? ''), path).toBe(true);
    }
  });
});
