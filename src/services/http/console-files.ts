import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { entityTag } from './entity-tag.ts';

/** One file of the console, as it is sent. */
export interface ConsoleFile {
  readonly type: string;
  /** Strong validator: of what is in it. */
  readonly etag: string;
  readonly bytes: Buffer;
  /** The same, smaller; absent where that does not help. */
  readonly zipped: Buffer | undefined;
  /** Its name holds a hash of what is in it: it never changes. */
  readonly isImmutable: boolean;
}

/** The console's files by their path from the root, `/assets/main-x.js`. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

/** Where `vite build` leaves the console; the same from `src` and from `dist`. */
export const CONSOLE_FOLDER = fileURLToPath(new URL('../../../dist/console', import.meta.url));

/** What Vite writes, and nothing else: a file of another kind is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.woff2': 'font/woff2',
};

const PACKED = new Set(['.png', '.woff2']);

/**
 * Reads the built console into memory, a megabyte or two: no request touches the
 * disk, and no path in a request is ever one on the disk. Undefined when it was not built.
 */
export function readConsole(folder: string): ConsoleFiles | undefined {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
  } catch {
    return undefined;
  }
  const files = new Map<string, ConsoleFile>();
  for (const name of names) {
    const file = fileOf(folder, name);
    if (file !== undefined) files.set(`/${name.split(sep).join('/')}`, file);
  }
  return files.has('/index.html') ? files : undefined;
}

function fileOf(folder: string, name: string): ConsoleFile | undefined {
  const ending = extname(name);
  const type = TYPES[ending];
  if (type === undefined) return undefined;
  const bytes = readFileSync(join(folder, name));
  const zipped = PACKED.has(ending) ? undefined : gzipSync(bytes);
  return {
    type,
    etag: entityTag(bytes),
    bytes,
    zipped: zipped !== undefined && zipped.length < bytes.length ? zipped : undefined,
    isImmutable: name.startsWith(`assets${sep}`),
  };
}
