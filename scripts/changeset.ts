/**
 * `changeset`, for the one package that is published. By itself it takes the workspaces in `package.json` for all packages
 * there are, and does not see the folder that lists them.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What `@manypkg/get-packages` 1 says of a checkout, as far as changesets read it. */
interface Found {
  readonly tool: 'root';
  readonly root: Package;
  readonly packages: readonly Package[];
}

interface Package {
  readonly dir: string;
  readonly packageJson: unknown;
}

const ofChangesets = createRequire(createRequire(import.meta.url).resolve('@changesets/cli/package.json'));
const search = ofChangesets('@manypkg/get-packages') as { getPackages: () => Promise<Found> };

search.getPackages = () => {
  const dir = process.cwd();
  const packageJson: unknown = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  const root = { dir, packageJson };
  return Promise.resolve({ tool: 'root', root, packages: [root] });
};

ofChangesets('./bin.js');
