import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Of whoever runs there: a copy has its own. */
const OWN = new Set(['.cache', '.vite', '.vite-temp']);

/**
 * Copies a checkout as it stands: what git tracks, with changes that were not committed, and what is new and not ignored.
 * Its `node_modules` is a folder of links to the packages of the checkout, so that what is cached beside them stays apart.
 *
 * @param to - a folder that is not there, or is empty.
 */
export function copyCheckout(from: string, to: string): void {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: from });
  const paths = listed
    .toString()
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(from, path)));
  for (const path of paths) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(from, path), join(to, path));
  }
  const packages = join(from, 'node_modules');
  mkdirSync(join(to, 'node_modules'));
  for (const name of readdirSync(packages)) {
    if (!OWN.has(name)) symlinkSync(join(packages, name), join(to, 'node_modules', name));
  }
}
