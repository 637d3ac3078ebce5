import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const decision = readFileSync('docs/decisions/0008-dependencies.md', 'utf8');
const listed = [...decision.matchAll(/^- (`[^:]+):/gm)].flatMap(([, names = '']) =>
  [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
);

test('decision 0008 has a line for every package that is installed in production', () => {
  const installed = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.optionalDependencies)];
  expect(
    listed.filter((name) => !(String(name) in manifest.devDependencies) && name !== 'openai').toSorted(),
  ).toEqual(installed.toSorted());
});

test('every package is pinned exactly', () => {
  const versions = Object.values({
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.devDependencies,
  });
  for (const version of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});
