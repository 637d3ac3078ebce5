import { describe, expect, test } from 'vitest';
import type { StoredEntry } from '../../../src/protocol/call-feed.ts';
import { fullRowOf } from '../../../src/protocol/shown-rows.ts';
import { logText } from '../../../src/services/http/log-text.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { row } from '../../support/call-rows.ts';
import { SECRET_WORD, shortCall, storeJournal } from '../../support/stored-calls.ts';

const CALL_SID = 'CA1';

/** A call of 15 rows and some more, behind a journal that counts the pages read of it. */
function longCall(more: number) {
  const { store, journal } = storeJournal();
  journal.record(CALL_SID, shortCall(CALL_SID));
  const committed = row('caller.committed', { itemId: 'x' });
  journal.record(
    CALL_SID,
    Array.from({ length: more }, () => committed),
  );
  let pages = 0;
  let afterFirst: () => void = () => undefined;
  const counting: Pick<Journal, 'query'> = {
    query: (name, args) => {
      if (++pages === 2) afterFirst();
      return journal.query(name, args);
    },
  };
  return {
    ...{ store, journal },
    pages: () => pages,
    text: (after = 0, shownOf: (entry: StoredEntry) => unknown = ({ seq }) => seq) =>
      logText(counting, { callSid: CALL_SID, after }, shownOf),
    meanwhile: (happens: () => void) => {
      afterFirst = happens;
    },
  };
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

describe('the text of a log', () => {
  test.each([0, 84, 85, 86, 300])(
    'a log of 15 rows and %d more is read whole, page by page',
    async (more) => {
      const { text, pages } = longCall(more);
      expect(JSON.parse(await text())).toEqual(upTo(15 + more));
      expect(pages()).toBe(Math.ceil((15 + more) / 100));
    },
  );

  test('a log is read from beyond a row, and is an empty list beyond its last', async () => {
    const { text } = longCall(200);
    expect(JSON.parse(await text(150))).toEqual(upTo(215, 151));
    expect(await text(215)).toBe('[]');
    expect(await text(999)).toBe('[]');
  });

  test('a log that grows while it is read ends where it ended at first', async () => {
    const { text, journal, meanwhile } = longCall(200);
    meanwhile(() => {
      journal.record(CALL_SID, [row('caller.committed', { itemId: 'y' })]);
    });
    expect(JSON.parse(await text())).toEqual(upTo(215));
  });

  test('a log that is erased while it is read ends there', async () => {
    const { text, store, meanwhile } = longCall(200);
    meanwhile(() => {
      store.atomically(() =>
        store.transact('eraseCall', { callSid: CALL_SID, rows: 1000, keepsRecords: false }),
      );
    });
    expect(JSON.parse(await text())).toEqual(upTo(100));
  });

  test('a log keeps the shape of its words alone on every page when it is masked', async () => {
    const { text, journal } = longCall(120);
    journal.record(CALL_SID, [row('caller.said', { itemId: 'i9', text: SECRET_WORD })]);
    expect(await text(0, (entry) => fullRowOf(entry, 'full'))).toContain(SECRET_WORD);
    const masked = await text(0, (entry) => fullRowOf(entry, 'redacted'));
    expect(masked).not.toContain(SECRET_WORD);
    expect(JSON.parse(masked)).toHaveLength(136);
  });
});
