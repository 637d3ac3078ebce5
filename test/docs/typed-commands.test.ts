import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandLine } from '../../src/cli/command-line.ts';

/** What HACKING.md has in its blocks of shell and in its tables, a command each. */
const page = readFileSync('HACKING.md', 'utf8');
const lines = [
  ...[...page.matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, text = '']) => text.split('\n')),
  ...[...page.matchAll(/`((?:npx|npm) [^`]+)`/g)].map(([, text = '']) => text),
];
const program = commandLine({ hasColours: false, print: () => undefined, complain: () => undefined });

test('HACKING.md types only commands of callchart that there are, with their options', () => {
  const typed = lines.flatMap((line) => {
    const [, name = '', rest = ''] = /(?:npx callchart|bin\/callchart\.js) ([a-z]+)(.*)/.exec(line) ?? [];
    return name === '' ? [] : [{ name, options: rest.match(/(?<= )--?[a-z][a-z-]*/g) ?? [] }];
  });
  expect(typed.length).toBeGreaterThan(4);
  for (const { name, options } of typed) {
    const command = program.commands.find((one) => one.name() === name);
    expect(command, name).toBeDefined();
    const known = command?.options.flatMap(({ short, long }) => [short, long]) ?? [];
    expect(known, `callchart ${name}`).toEqual(expect.arrayContaining(options));
  }
});

test('HACKING.md runs tests only where there are some', () => {
  const paths = lines.flatMap((line) =>
    line.includes('vitest') ? (line.match(/(?<= )test\/[\w./-]+/g) ?? []) : [],
  );
  expect(paths.length).toBeGreaterThan(6);
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});
