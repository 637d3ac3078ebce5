import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

const manifestAt = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Manifest;
const manifest = manifestAt('package.json');
const page = manifestAt('console/package.json');
const inProduction = { ...manifest.dependencies, ...manifest.optionalDependencies };
const decision = readFileSync('docs/decisions/0008-dependencies.md', 'utf8');
const listed = [...decision.matchAll(/^- (`[^:]+):/gm)].flatMap(([, names = '']) =>
  [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
);

test('decision 0008 has a line for every package that is installed in production', () => {
  const forDevelopment = { ...manifest.devDependencies, ...page.devDependencies };
  const installed = listed.filter(
    (name) => String(name) in inProduction || !(String(name) in forDevelopment),
  );
  expect(installed.toSorted()).toEqual(Object.keys(inProduction).toSorted());
});

test('every package is pinned exactly', () => {
  const versions = [inProduction, manifest.devDependencies, page.devDependencies].flatMap(
    Object.values<string>,
  );
  expect(versions.length).toBeGreaterThan(50);
  for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

test('the console needs nothing in production, and what the engine needs too in the same version', () => {
  expect(page).not.toHaveProperty('dependencies');
  const ofEngine: Record<string, string> = { ...inProduction, ...manifest.devDependencies };
  const both = Object.keys(page.devDependencies).filter((name) => name in ofEngine);
  expect(both.toSorted()).toEqual(['vite', 'zod']);
  for (const name of both) expect(page.devDependencies[name]).toBe(ofEngine[name]);
});

test('the packages of the console lie beside those of the engine, one copy of each', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: object };
  expect(Object.keys(packages).filter((path) => path.startsWith('console/'))).toEqual([]);
});
