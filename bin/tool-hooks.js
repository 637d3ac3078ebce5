/**
 * Module hooks for a business's own tools. Three things, and only for files in
 * their folder: `callchart/tool` leads to this engine wherever the folder is,
 * what is not UTF-8 is refused, for Node would read nonsense out of it, and
 * TypeScript loses its types where Node does not do that itself. From sources
 * the engine's own TypeScript needs the last, too.
 *
 * Node runs hooks in a thread of their own and loads them as they are, so this
 * file is JavaScript. https://nodejs.org/api/module.html#customization-hooks
 */

import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @type {{ tool: string, own: string, folders: string[], typescript: string | null }} */
let settings = { tool: '', own: '', folders: [], typescript: null };

export function initialize(data) {
  settings = data;
}

const isOurs = (url) => settings.folders.some((folder) => url?.startsWith(folder));

/** Packages are as their makers left them. */
const isWrittenHere = (url) =>
  settings.own !== '' &&
  url.startsWith(settings.own) &&
  /\.m?[jt]s$/.test(url) &&
  !url.includes('/node_modules/');

/** UTF-16 without a mark of byte order is UTF-8, too, with a zero beside each letter. */
async function refuseNonsense(path) {
  const bytes = await readFile(path);
  if (!isUtf8(bytes) || bytes.includes(0))
    throw new Error(`${basename(path)} is not UTF-8: save it as UTF-8`);
}

export async function resolve(specifier, context, next) {
  if (specifier !== 'callchart/tool' || !isOurs(context.parentURL)) return next(specifier, context);
  return { url: settings.tool, format: 'module', shortCircuit: true };
}

export async function load(url, context, next) {
  if (isWrittenHere(url)) await refuseNonsense(fileURLToPath(url));
  if (!/\.m?ts$/.test(url) || !isOurs(url)) return next(url, context);
  if (settings.typescript === null) {
    if (process.features.typescript) return next(url, context);
    throw new Error(
      'it is TypeScript, and neither this Node nor an installed package reads that: compile it, or npm install typescript',
    );
  }
  const { default: ts } = await import(settings.typescript);
  const { outputText } = ts.transpileModule(await readFile(fileURLToPath(url), 'utf8'), {
    fileName: fileURLToPath(url),
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      inlineSourceMap: true,
      inlineSources: true,
    },
  });
  return { format: 'module', source: outputText, shortCircuit: true };
}
