import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);

/** Where a run of the tests leaves what it built: modules at the paths of their sources. */
export const BUILT = new URL('node_modules/.cache/callchart-built/', ROOT);

/**
 * Where a module of `src` or `test/support` is as built code, which every run of
 * the tests brings up to date. What is started from there runs as built code does,
 * and is up in a fraction of the time that sources take.
 *
 * @param source - `new URL('./x.ts', import.meta.url)`.
 * @returns the path of the built module.
 */
export function builtPath(source: URL): string {
  const path = source.href.slice(ROOT.href.length).replace(/\.ts$/, '.js');
  return fileURLToPath(new URL(path, BUILT));
}
