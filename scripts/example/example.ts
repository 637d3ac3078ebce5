import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** An example of a change: what it adds lies in its folder at the paths of the checkout, what it changes in one patch. */
export interface Example {
  readonly folder: string;
  readonly patch: string;
}

export const exampleOf = (name: string): Example => ({
  folder: join('examples', name),
  patch: join('examples', name, `${name}.patch`),
});

/** What `npm run docs:write` and `npm run walks:write` write is no part of an example. */
const WRITTEN = [
  ...['assets', 'docs/statecharts/*.svg', '.env.example', 'test/machines/walks'],
  ...['agent-profile', 'config', 'errors', 'metrics', 'rest'].map((page) => `docs/reference/${page}.md`),
];
/** Nor is what it writes into a page. */
const DRAWN = /<!-- chart:[^]*<!-- \/chart -->/;

const CONFLICT = /^\+(?:<{7}|>{7}) /m;

const isOfExample = (path: string) => path !== 'README.md' && !path.endsWith('.patch');

/** Paths of the files that an example adds, as the checkout will have them. */
export const filesOf = (root: string, { folder }: Example): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(root, folder).length + 1))
    .filter(isOfExample)
    .toSorted();

/**
 * Adds an example to a copy of the checkout.
 *
 * @param how - what `git apply` is told beside the patch.
 * @throws {Error} when the patch does not fit, with what git says of it. The files are there by then.
 */
export function addExample(root: string, to: string, example: Example, how: readonly string[] = []): void {
  for (const path of filesOf(root, example)) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(root, example.folder, path), join(to, path));
  }
  git(to, 'apply', ...how, join(root, example.patch));
}

/** Makes a folder a repository whose one commit is what is there; it knows all that the checkout's history knows. */
export function beginHistory(root: string, folder: string): void {
  const common = git(root, 'rev-parse', '--path-format=absolute', '--git-common-dir').trim();
  git(folder, 'init', '--quiet');
  writeFileSync(join(folder, '.git/objects/info/alternates'), `${join(common, 'objects')}\n`);
  git(folder, 'add', '--all');
  const author = ['-c', 'user.name=example', '-c', 'user.email=example@localhost'];
  git(
    folder,
    ...author,
    'commit',
    '--quiet',
    '--no-verify',
    '--message',
    'the checkout, without the example',
  );
}

/**
 * Writes an example anew: all that differs in the folder from its first commit.
 *
 * @returns the files that it adds.
 * @throws {Error} when a conflict is still marked: nothing was written then.
 */
export function takeExample(root: string, folder: string, example: Example): readonly string[] {
  git(folder, 'add', '--all');
  const those = ['--', '.', ...WRITTEN.map((path) => `:(exclude)${path}`)];
  const named = (kind: string) =>
    git(folder, 'diff', '--cached', '--no-renames', '--name-only', `--diff-filter=${kind}`, 'HEAD', ...those)
      .split('\n')
      .filter((path) => path !== '');
  for (const page of named('M').filter((path) => path.startsWith('docs/statecharts/'))) {
    undraw(folder, page);
  }
  const added = named('A');
  const patch = git(
    folder,
    ...['diff', '--cached', '--no-renames', '--unified=1', '--diff-filter=MD', 'HEAD', ...those],
  );
  if (CONFLICT.test(patch)) throw new Error(`a conflict is still marked in ${folder}: nothing was written`);
  for (const path of filesOf(root, example)) rmSync(join(root, example.folder, path));
  for (const path of added) {
    mkdirSync(dirname(join(root, example.folder, path)), { recursive: true });
    cpSync(join(folder, path), join(root, example.folder, path));
  }
  writeFileSync(join(root, example.patch), patch);
  return added;
}

/** A page with what was told in it, and as it was drawn at first. */
function undraw(folder: string, page: string): void {
  const [drawn] = DRAWN.exec(git(folder, 'show', `HEAD:${page}`)) ?? [];
  if (drawn === undefined) return;
  const text = readFileSync(join(folder, page), 'utf8');
  writeFileSync(
    join(folder, page),
    text.replace(DRAWN, () => drawn),
  );
  git(folder, 'add', page);
}

function git(folder: string, ...words: string[]): string {
  return execFileSync('git', words, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  });
}
