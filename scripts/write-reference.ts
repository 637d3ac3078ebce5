/**
 * Writes docs/reference and `.env.example` from the code. `--check` writes
 * nothing and fails when a file is older than the code it comes from.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { referencePages } from './reference-pages.ts';

const isCheck = process.argv.includes('--check');
for (const [path, text] of await referencePages()) {
  if (textOf(path) === text) continue;
  if (isCheck) {
    process.stderr.write(`${path} is older than the code: run npm run docs:write\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** The file as it is; undefined when it is not there. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
