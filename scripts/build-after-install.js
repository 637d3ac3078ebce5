/**
 * Builds a checkout after an install has changed its packages, where they hold what it is built with: so `npm ci` leaves
 * one that runs. An install for production takes the build that is there.
 *
 * npm runs it as the script `dependencies`, of this folder only: never for who installs the package, and never in
 * `npx callchart`, where `prepare` would run. JavaScript, since before the build there is nothing else.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const isHere = (path) => existsSync(new URL(`../${path}`, import.meta.url));

if (isHere('node_modules/typescript') && isHere('node_modules/vite')) {
  const npm = process.env['npm_execpath'];
  const build = ['run', 'build'];
  const { status } =
    npm === undefined
      ? spawnSync('npm', build, { stdio: 'inherit', shell: true })
      : spawnSync(process.execPath, [npm, ...build], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} else if (!isHere('dist/cli/main.js')) {
  process.stdout.write(
    'callchart: there is no build yet, and nothing to build it with: npm ci, without --omit=dev\n',
  );
}
