/**
 * Writes `assets/top-level-domains.json` from the list of IANA's root zone that the development dependency `tlds` has.
 * Run it when `tlds` is newer: `npx tsx scripts/write-top-level-domains.ts`.
 */
import { writeFileSync } from 'node:fs';
import domains from 'tlds';

const target = new URL('../assets/top-level-domains.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(domains, null, 1)}\n`);
