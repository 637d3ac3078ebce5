import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';
import { builtPath } from './built-sources.ts';

const WORKER = /new URL\('(\.[^']+\.worker\.ts)', import\.meta\.url\)/g;

/**
 * Makes engines within a test start their threads as built code. From sources each thread would
 * load a compiler of its own, which takes longer than what most threads of a test have to do.
 */
export function builtThreads(): Plugin {
  return {
    name: 'built-threads',
    enforce: 'pre',
    transform: {
      filter: { code: '.worker.ts' },
      handler: (code, id) =>
        code.replace(WORKER, (_, worker: string) => {
          const built = builtPath(new URL(worker, pathToFileURL(id)));
          return `new URL(${JSON.stringify(pathToFileURL(built).href)})`;
        }),
    },
  };
}
