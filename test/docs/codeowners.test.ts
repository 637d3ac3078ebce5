import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';

const lines = readFileSync('CODEOWNERS', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(/ +/));
/** What somebody owns, from the root of the checkout. */
const owned = lines.flatMap(([path = '']) => (path === '*' ? [] : [path]));

const foldersIn = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `/${folder}/${name}/`);

test('CODEOWNERS names only folders and files that are there, each once', () => {
  expect(owned.length).toBeGreaterThan(20);
  expect(new Set(owned).size).toBe(owned.length);
  for (const path of owned) {
    const place = path.replace(/^\//, '');
    expect(existsSync(place), `${path} is not there`).toBe(true);
    expect(path.endsWith('/'), `${path}: a folder ends in a slash`).toBe(statSync(place).isDirectory());
  }
});

test('CODEOWNERS gives every line an owner, and every room of src one of its own', () => {
  expect(lines.filter(([, ...owners]) => owners.length === 0)).toEqual([]);
  expect(
    lines.flatMap(([, ...owners]) => owners).filter((owner) => !/^@[\w-]+\/[\w-]+$/.test(owner)),
  ).toEqual([]);
  const rooms = [
    ...foldersIn('src').filter((room) => room !== '/src/services/'),
    ...foldersIn('src/services'),
  ];
  expect(rooms.filter((room) => !owned.includes(room))).toEqual([]);
});
