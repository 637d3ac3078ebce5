import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openStore } from '../../../src/services/storage/sqlite/store.ts';
import { row } from '../../support/call-rows.ts';
import { temporaryFolder } from '../../support/journal.ts';

test('calls that an older engine left uncounted are counted a few at a time', () => {
  const file = join(temporaryFolder(), 'calls.sqlite');
  const before = openStore(file);
  for (let i = 0; i < 25; i++) {
    const callSid = `CA${String(i)}`;
    const rows = [
      row('call.accepted', { callSid, agentId: 'a', direction: 'inbound', from: '', to: '' }, { at: i }),
      row('caller.said', { itemId: 'i', text: 'hello' }, { at: i }),
      row('call.ended', { reason: 'completed' }, { at: i + 1 }),
    ];
    before.append(
      callSid,
      rows.map((each) => ({ ...each, body: JSON.stringify(each.body) })),
    );
  }
  before.close();
  // As the file is after the step that made room for what is counted.
  const db = new Sqlite(file);
  db.exec(`DELETE FROM call_digests; DELETE FROM call_sums; DELETE FROM sums_waiting; DELETE FROM call_index;
           UPDATE calls SET digested_seq = NULL`);
  db.close();

  const store = openStore(file);
  const counted = () => {
    const { calls, pending } = store.query('analytics', {});
    return { calls, pending };
  };
  expect(store.query('findCalls', { limit: 50, q: 'hello' }).items).toHaveLength(0);
  expect(counted()).toEqual({ calls: 10, pending: 15 });
  expect(store.query('findCalls', { limit: 50, q: 'hello' }).items).toHaveLength(10);
  expect(counted()).toEqual({ calls: 20, pending: 5 });
  expect(counted()).toEqual({ calls: 25, pending: 0 });
  expect(counted()).toEqual({ calls: 25, pending: 0 });
  store.close();
});
