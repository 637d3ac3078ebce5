import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const pagesIn = (folder: string, recursive: boolean) =>
  readdirSync(folder, { recursive, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

const pages = [
  ...pagesIn('.', false),
  ...pagesIn('docs', true),
  // Voicemail's names files of a checkout that it was added to.
  ...pagesIn('examples', true).filter((page) => !page.includes('voicemail')),
];

const textOf = (page: string) => readFileSync(page, 'utf8');
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

/** Scripts that npm runs without `run`. */
const SHORT = new Set(['start', 'test']);

/** GitHub's anchor for a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsOf = (page: string) =>
  [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => anchorOf(text));

describe.each(pages)('%s', (page) => {
  test(`the page ${page} names only commands that package.json has`, () => {
    const run = [...textOf(page).matchAll(/npm run ([a-z][a-z:-]*)/g)].map(([, name]) => name);
    const short = [...textOf(page).matchAll(/npm (start|test)\b/g)].map(([, name]) => name);
    for (const name of run) expect(scripts).toHaveProperty([String(name)]);
    for (const name of short) expect(SHORT.has(String(name)) && scripts).toHaveProperty([String(name)]);
  });

  test(`the page ${page} links only to what is there`, () => {
    const prose = textOf(page).replaceAll(/^```[^]*?^```/gm, '');
    const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    for (const target of targets.filter((link) => !/^https?:/.test(link))) {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      expect(existsSync(file), `${target} does not exist`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(file), target).toContain(anchor);
    }
  });

  test(`the page ${page} shows code only as it stands in the file that it names`, () => {
    const blocks = [...textOf(page).matchAll(/(?:<!-- from (\S+) -->\s+)?^```ts\n([^]*?)^```/gm)];
    for (const [, file, code] of blocks) {
      expect(file, 'code without the file it is from').toBeDefined();
      expect(textOf(String(file))).toContain(code);
    }
  });

  test(`the page ${page} names only files and folders of the sources that exist`, () => {
    const named = [...textOf(page).matchAll(/`((?:src|test|scripts|assets)\/[\w./-]+(?:\.\w+|\/))`/g)];
    for (const [, file] of named) {
      expect(existsSync(String(file)), `${String(file)} does not exist`).toBe(true);
    }
  });
});

test('the first screen of the README holds the two commands and the picture', () => {
  const screen = textOf('README.md').split('\n').slice(0, 20).join('\n');
  expect(screen).toContain('npm ci && npm start');
  expect(screen).toContain('npx callchart call');
  expect(screen).toContain('docs/statecharts/call.svg');
});
