import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformWithOxc, version } from 'vite';
import type { TestProject } from 'vitest/node';
import { BUILT, builtPath } from './built-sources.ts';

const OPTIONS: Parameters<typeof transformWithOxc>[2] = {
  target: 'es2023',
  sourcemap: false,
  tsconfig: false,
  typescript: { onlyRemoveTypeImports: true, rewriteImportExtensions: 'rewrite' },
};

/** What else makes a build another one. */
const COMPILER = version + JSON.stringify(OPTIONS);

/** What built code finds beside itself, as in a package. */
const BESIDE = ['assets', 'bin', 'dist', 'package.json'];

/**
 * Builds `src` and `test/support` once for all files of a run: processes and threads that tests start run
 * from there. Types are not checked. What has not changed since the last run is left as it is.
 */
export default async function setup(project: TestProject): Promise<void> {
  await build();
  project.onTestsRerun(build);
}

async function build(): Promise<void> {
  const folder = fileURLToPath(BUILT);
  mkdirSync(folder, { recursive: true });
  for (const name of BESIDE) {
    const link = join(folder, name);
    // Also where it leads nowhere yet: a checkout that nobody has built has no `dist`.
    if (lstatSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(join('../../..', name), link);
  }
  for (const path of [...sourcesIn('src'), ...sourcesIn('test/support')]) await buildModule(path);
}

const sourcesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name));

/** Its last line tells what it was built from. */
async function buildModule(path: string): Promise<void> {
  const source = readFileSync(path, 'utf8');
  const sum = createHash('sha256').update(COMPILER).update(source).digest('hex');
  const target = builtPath(pathToFileURL(path));
  if (existsSync(target) && readFileSync(target, 'utf8').endsWith(`${sum}\n`)) return;
  const { code } = await transformWithOxc(source, path, OPTIONS);
  mkdirSync(dirname(target), { recursive: true });
  // Another run may be reading it.
  const made = `${target}.${String(process.pid)}`;
  writeFileSync(made, `${code}\n//# ${sum}\n`);
  renameSync(made, target);
}
