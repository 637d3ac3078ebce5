import { expect, test } from 'vitest';
import { row } from '../../support/call-rows.ts';
import { storeJournal } from '../../support/stored-calls.ts';

const said = (text: string) => row('caller.said', { itemId: 'i1', text });

test('rows beyond a row come in pages, each call in the order asked, with how far behind that was', async () => {
  const { journal } = storeJournal();
  journal.record('CA1', [said('a'), said('b'), said('c')]);
  journal.record('CA2', [said('d')]);
  const after = [
    { callSid: 'CA2', seq: 1 },
    { callSid: 'CA1', seq: 1 },
    { callSid: 'CA9', seq: 0 },
    { callSid: 'CA1', seq: 0 },
  ];
  const pages = await journal.query('rowsAfter', { after, limit: 2 });
  expect(pages.map(({ rows, ...page }) => ({ ...page, rows: rows.map(({ seq }) => seq) }))).toEqual([
    { callSid: 'CA2', after: 1, lastSeq: 1, behind: 0, rows: [] },
    { callSid: 'CA1', after: 1, lastSeq: 3, behind: 2, rows: [2, 3] },
    { callSid: 'CA9', after: 0, lastSeq: 0, behind: 0, rows: [] },
    { callSid: 'CA1', after: 0, lastSeq: 2, behind: 3, rows: [1, 2] },
  ]);
});

test('rows of long bodies make short pages, of one row at least', async () => {
  const { journal } = storeJournal();
  journal.record('CA1', [
    said('x'.repeat(40_000)),
    said('y'.repeat(20_000)),
    said('z'.repeat(20_000)),
    said('a'),
  ]);
  const lastSeqs: number[] = [];
  for (let seq = 0; seq < 4;) {
    const [page] = await journal.query('rowsAfter', { after: [{ callSid: 'CA1', seq }], limit: 100 });
    seq = page?.lastSeq ?? Number.NaN;
    lastSeqs.push(seq);
  }
  expect(lastSeqs).toEqual([1, 2, 4]);
});
