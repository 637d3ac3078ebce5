/**
 * Makes an example anew when the checkout has moved on under it.
 *
 * `npm run example -- NAME FOLDER` copies the checkout to a new folder and adds the example there, merged where that goes by
 * itself; conflicts are marked as git marks them. `npm run example -- NAME FOLDER --take` writes the example's files and its
 * patch from what is in the folder by then.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { copyCheckout } from './example/checkout-copy.ts';
import { addExample, beginHistory, exampleOf, takeExample } from './example/example.ts';

const USAGE = 'npm run example -- NAME FOLDER [--take]';

const { values, positionals } = parseArgs({
  options: { take: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [name, place, ...more] = positionals;
const root = process.cwd();
if (name === undefined || place === undefined || more.length > 0 || !existsSync(exampleOf(name).folder)) {
  refuse(`an example of examples/ and a folder are needed: ${USAGE}`);
} else if (values.take) take(name, resolve(place));
else begin(name, resolve(place));

function begin(example: string, folder: string): void {
  if (existsSync(folder)) {
    refuse(`${folder} is there already: name a new one`);
    return;
  }
  mkdirSync(folder, { recursive: true });
  copyCheckout(root, folder);
  beginHistory(root, folder);
  try {
    addExample(root, folder, exampleOf(example), ['--3way']);
    process.stdout.write(`${folder}: the checkout with ${example}. It fits as it is.\n`);
  } catch (thrown) {
    process.stdout.write(`${wordsOf(thrown)}\n`);
    process.stdout.write(
      `${folder}: the checkout with ${example}. Resolve what is marked there, and make it pass;\n`,
    );
    process.stdout.write(`then: npm run example -- ${example} ${folder} --take\n`);
    process.exitCode = 1;
  }
}

function take(example: string, folder: string): void {
  const added = takeExample(root, folder, exampleOf(example));
  process.stdout.write([...added.map((path) => `${example}/${path}`), exampleOf(example).patch].join('\n'));
  process.stdout.write('\nwritten\n');
}

function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 2;
}

function wordsOf(thrown: unknown): string {
  const told = (thrown as { readonly stderr?: unknown }).stderr;
  return typeof told === 'string' ? told.trim() : String(thrown);
}
