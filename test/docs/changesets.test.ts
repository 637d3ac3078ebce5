import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const copy = mkdtempSync(join(tmpdir(), 'callchart-changesets-'));

afterAll(() => {
  rmSync(copy, { recursive: true });
});

test('a changeset for callchart becomes its next version and a line of its changelog', () => {
  for (const name of ['package.json', '.changeset', 'console/package.json'])
    cpSync(name, join(copy, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  writeFileSync(join(copy, '.changeset/answers.md'), '---\n"callchart": minor\n---\n\nIt answers twice.\n');
  execFileSync('git', ['init', '--quiet'], { cwd: copy });
  const versionOf = (folder: string) =>
    (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;

  const before = versionOf(copy);
  execFileSync(resolve('node_modules/.bin/tsx'), [resolve('scripts/changeset.ts'), 'version'], { cwd: copy });

  const [major, minor] = before.split('.').map(Number);
  const next = `${String(major)}.${String(Number(minor) + 1)}.0`;
  expect(versionOf(copy)).toBe(next);
  const changelog = readFileSync(join(copy, 'CHANGELOG.md'), 'utf8');
  expect(changelog).toContain(`## ${next}`);
  expect(changelog).toContain('It answers twice.');
});
