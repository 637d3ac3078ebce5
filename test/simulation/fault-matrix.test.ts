import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { beforeAll, describe, expect, test } from 'vitest';
import { faultsPage } from '../support/faults/faults-page.ts';
import { livedMatrix } from '../support/faults/matrix.ts';
import { type Cell, wrongWith } from '../support/faults/verdict.ts';
import { patience } from '../support/night.ts';

const PAGE = 'docs/reference/faults.md';

describe('twenty-two faults in twelve states of a call', () => {
  let cells: readonly Cell[] = [];
  beforeAll(async () => {
    cells = await livedMatrix();
  }, patience(300_000));

  test('a call to which something happens goes on, or ends as it was decided, and nothing is done twice', () => {
    const wrong = cells.flatMap((cell) => {
      const told = wrongWith(cell);
      return told.length === 0 ? [] : [`${cell.state.says}: ${cell.fault.says}: ${told.join('; ')}`];
    });
    process.stdout.write(
      `${String(cells.length)} faults lived through, ${String(wrong.length)} violations\n`,
    );
    expect(wrong).toEqual([]);
    expect(cells).toHaveLength(264);
  });

  test('the page of faults says what a caller hears of each, and what is written down', async () => {
    const page = await format(faultsPage(cells), { ...(await resolveConfig(PAGE)), parser: 'markdown' });
    // Older than the code: npm run faults:write.
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });
});
