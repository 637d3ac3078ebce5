import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CARRIER_UNKNOWNS } from '../../src/simulator/carrier/carrier-unknowns.ts';

const folder = 'docs/discoveries';
const readme = readFileSync(`${folder}/README.md`, 'utf8');
const pages = readdirSync(folder).filter((name) => name !== 'README.md');

test('the table of discoveries leads to every page, and to no other', () => {
  const listed = [...readme.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual(pages.toSorted());
});

test('the page of what nobody knows tells every question and every answer that the simulated carrier can be given', () => {
  const [, table = ''] =
    /^(\| question [\s\S]*?)\n\n/m.exec(readFileSync(`${folder}/twilio-unknowns.md`, 'utf8')) ?? [];
  const cells = table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const told = cells.slice(2).map(([, question, answer, does]) => ({ question, answer, does }));
  const known = CARRIER_UNKNOWNS.flatMap(({ id, question, answers }) =>
    answers.map(({ name }, index) => ({ question: index === 0 ? `${id}: ${question}` : '', answer: name })),
  );
  expect(told).toMatchObject(known);
  expect(told.filter(({ does }) => does === '')).toEqual([]);
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
