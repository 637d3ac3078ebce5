import { readFileSync } from 'node:fs';
import { z } from 'zod';

const MANIFEST = new URL('../package.json', import.meta.url);

/** The version of the package that this file is in; the same from `src` and from `dist`. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(MANIFEST, 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}
