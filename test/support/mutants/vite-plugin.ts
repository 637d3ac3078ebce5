import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { isChartFile } from './charts.ts';

const MUTATED = fileURLToPath(new URL('mutated.ts', import.meta.url));
const EXPORT = /^export const (\w+) = /gm;

/** Lets each file of a chart export the mutant in place of the machine: whoever imports it meets the mutant. */
export function mutatedCharts(): Plugin {
  return {
    name: 'mutated-charts',
    enforce: 'post',
    transform(code, id) {
      if (!isChartFile(id)) return undefined;
      const names = [...code.matchAll(EXPORT)].map(([, name = '']) => name);
      if (names.length === 0) throw new Error(`${id} exports nothing that could be a chart`);
      const exports = names.map((name) => `const mutated_${name} = mutated(${name});`);
      const list = names.map((name) => `mutated_${name} as ${name}`).join(', ');
      return [
        `import { mutated } from ${JSON.stringify(MUTATED)};`,
        code.replaceAll(EXPORT, 'const $1 = '),
        ...exports,
        `export { ${list} };`,
      ].join('\n');
    },
  };
}
