/** Writes docs/reference/faults.md: lives through every fault in every state, which takes half a minute. */
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { faultsPage } from '../test/support/faults/faults-page.ts';
import { livedMatrix } from '../test/support/faults/matrix.ts';

const PAGE = 'docs/reference/faults.md';

const page = faultsPage(await livedMatrix());
writeFileSync(PAGE, await format(page, { ...(await resolveConfig(PAGE)), parser: 'markdown' }));
