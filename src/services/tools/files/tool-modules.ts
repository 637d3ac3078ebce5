import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Loads a module by its file's URL. */
export type ImportModule = (url: string) => Promise<unknown>;

/**
 * Makes the files of a folder loadable, wherever it is: `callchart/tool` leads to this engine, and TypeScript is
 * read. Node 20 strips no types, so a compiler does it: the folder's own, else the engine's. It is not a dependency:
 * without one, compiled JavaScript still loads, and a file of TypeScript says what is missing.
 *
 * Costs a thread of Node's own, once for each folder.
 */
export function registerToolModules(folder: string): void {
  const isSource = import.meta.url.endsWith('.ts');
  const tool = new URL(isSource ? '../../../tool.ts' : '../../../tool.js', import.meta.url).href;
  const own = `${pathToFileURL(folder).href.replace(/\/$/, '')}/`;
  const sources = new URL('../../../', import.meta.url).href;
  const data = { tool, own, folders: isSource ? [own, sources] : [own], typescript: compilerFor(own) };
  register(new URL('../../../../bin/tool-hooks.js', import.meta.url), { data });
}

function compilerFor(folderUrl: string): string | null {
  for (const from of [`${folderUrl}tool.js`, import.meta.url]) {
    try {
      return pathToFileURL(createRequire(from).resolve('typescript')).href;
    } catch {
      continue; // Not installed there.
    }
  }
  return null;
}
