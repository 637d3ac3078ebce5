import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
}

interface Held {
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * An npm registry on this machine that has what is installed in `node_modules`, as the lockfile lists it, and nothing
 * else. Packages come as they lie there: what an install script has built is built, so they come without scripts.
 *
 * Sources: the CouchDB-like `GET /NAME` of https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md, as far as
 * `npm install` reads it.
 *
 * @param scratch - a folder for packages that are changed before they are sent.
 */
export async function startPackageRegistry(
  scratch: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  const held = heldPackages(scratch);
  const server = createServer((request, response) => {
    const path = decodeURIComponent(String(request.url)).slice(1);
    const [name = '', version] = path.replace(/\.tgz$/, '').split('/-/');
    const versions = held.get(name);
    const found = version === undefined ? undefined : versions?.get(version);
    if (versions === undefined || (version !== undefined && found === undefined)) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not_found"}');
    } else if (found === undefined) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(packument(urlOf(), name, versions));
    } else {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      tarball(found.folder).pipe(response);
    }
  });
  const urlOf = () => `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: urlOf(),
    close: () =>
      new Promise((closed) => {
        server.close(() => {
          closed();
        });
        server.closeAllConnections();
      }),
  };
}

/** Name to version to package. */
function heldPackages(scratch: string): ReadonlyMap<string, ReadonlyMap<string, Held>> {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean; link?: boolean }>;
  };
  const held = new Map<string, Map<string, Held>>();
  for (const [path, { dev, link }] of Object.entries(packages)) {
    const file = join(path, 'package.json');
    // The root and its workspaces, and links to them, come from no registry.
    if (!path.startsWith('node_modules/') || link === true || dev === true) continue;
    // Those of other platforms are not installed.
    if (!existsSync(file)) continue;
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
    const versions = held.get(manifest.name) ?? new Map<string, Held>();
    const folder = withoutScripts(path, manifest, scratch);
    held.set(
      manifest.name,
      versions.set(manifest.version, { folder, manifest: { ...manifest, scripts: {} } }),
    );
  }
  return held;
}

/** npm runs the scripts that it finds in the package itself, and builds what has a `binding.gyp`. */
function withoutScripts(path: string, manifest: Manifest, scratch: string): string {
  const { scripts = {} } = manifest;
  if (!['preinstall', 'install', 'postinstall'].some((name) => name in scripts)) return resolve(path);
  const copy = join(scratch, manifest.name, manifest.version);
  const sources = new Set(['node_modules', 'binding.gyp', 'deps', 'obj', 'obj.target']);
  cpSync(path, copy, { recursive: true, filter: (file) => file === path || !sources.has(basename(file)) });
  writeFileSync(join(copy, 'package.json'), JSON.stringify({ ...manifest, scripts: {} }));
  return copy;
}

function packument(url: string, name: string, versions: ReadonlyMap<string, Held>): string {
  const entries = [...versions].map(([version, { manifest }]) => {
    return [version, { ...manifest, dist: { tarball: `${url}/${name}/-/${version}.tgz` } }];
  });
  return JSON.stringify({
    name,
    'dist-tags': { latest: [...versions.keys()].at(-1) },
    versions: Object.fromEntries(entries) as unknown,
  });
}

/** Of each path in it npm takes the first folder off. */
function tarball(folder: string) {
  const what = ['--exclude=node_modules', '-C', dirname(folder), basename(folder)];
  return spawn('tar', ['-cf', '-', ...what], { stdio: ['ignore', 'pipe', 'ignore'] }).stdout;
}
