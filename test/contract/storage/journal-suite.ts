import { describe, expect, test } from 'vitest';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { row } from '../../support/call-rows.ts';
import { LogLines } from '../../support/journal.ts';
import type { MakeBackend } from '../../support/journal-backend.ts';
import { accept, append, eventsOf } from '../../support/journal-requests.ts';
import { CALLER_NUMBER, SECRET_WORD, shortCall } from '../../support/stored-calls.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const SLOTS = 10;
const UNAVAILABLE = expect.objectContaining({ code: 'STORAGE_UNAVAILABLE' }) as Error;
const RECORDING = `RE${'b'.repeat(32)}`;
const report = { callSid: 'CA1', recordingSid: RECORDING, status: 'completed', durationS: 12, at: 5 };

const book = (journal: Journal, slot: number, rival: number) =>
  journal.transact('createBooking', {
    key: `${String(slot)} ${String(rival)}`,
    diary: 'inn',
    resources: ['table_1'],
    maxPerCall: 1,
    callSid: `CA${String(rival)}`,
    caller: null,
    name: 'Ada',
    phone: null,
    service: 'dinner',
    startsAt: `2026-11-02T1${String(slot)}:00:00Z`,
    endsAt: `2026-11-02T1${String(slot)}:59:00Z`,
    timezone: 'UTC',
    at: 0,
  });

/** What the port promises of a journal, whichever engine keeps it. */
export function describeJournal(engine: string, makeBackend: MakeBackend): void {
  describe(`a journal in ${engine}`, () => {
    describeRows(makeBackend);
    describeConflicts(makeBackend);
    describeErasing(makeBackend);
  });
}

function describeConflicts(makeBackend: MakeBackend): void {
  test('the journal gives ten slots to ten of two hundred who race for them', async () => {
    const journal = await (await makeBackend()).open();
    const attempts = Array.from({ length: 200 }, (_, rival) => book(journal, rival % SLOTS, rival));
    const won = (await Promise.all(attempts)).flatMap((answer) =>
      answer.outcome === 'booked' ? [answer.booking] : [],
    );
    expect(new Set(won.map(({ startsAt }) => startsAt)).size).toBe(SLOTS);
    expect(won).toHaveLength(SLOTS);
    expect((await journal.query('bookings', { limit: 200 })).items).toHaveLength(SLOTS);
  });

  test('the journal uses a stream token up once, whoever asks at the same time', async () => {
    const journal = await (await makeBackend()).open();
    await accept(journal);
    const token = { nonce: 'nonce_1', callSid: 'CA1', epoch: 1, at: 0 };
    const used = await Promise.all([1, 2, 3].map(() => journal.transact('consumeToken', token)));
    expect(used.filter(Boolean)).toHaveLength(1);
    expect(await journal.transact('nextEpoch', { callSid: 'CA1' })).toEqual({ epoch: 2 });
  });

  test('the journal gives an errand to one of those who ask for it at the same time', async () => {
    const journal = await (await makeBackend()).open();
    const placed = { key: 'k', from: '+1', to: CALLER_NUMBER, agentId: 'default', at: 1 };
    const asked = await Promise.all([1, 2].map(() => journal.transact('requestCall', placed)));
    expect(asked.map(({ isNew }) => isNew).sort()).toEqual([false, true]);
    const [id = ''] = new Set(asked.map(({ errand }) => errand.id));
    const claims = await Promise.all(
      [1, 2, 3].map(() => journal.transact('claimOutbox', { id, at: 10, until: 1000 })),
    );
    expect(claims.flatMap((claimed) => claimed?.task ?? [])).toEqual(['send']);
  });

  test('the journal writes down what the carrier says of a recording once for each status, and of a call that is not known yet once it is', async () => {
    const journal = await (await makeBackend()).open();
    journal.record('CA1', [row('a')]);
    expect(await journal.transact('noteRecording', report)).toBe(true);
    expect(await journal.transact('noteRecording', report)).toBe(false);
    expect(await journal.transact('noteRecording', { ...report, status: 'absent' })).toBe(true);
    expect(await journal.transact('noteRecording', { ...report, callSid: 'CA2' })).toBe(true);
    expect(await journal.transact('noteRecording', { ...report, callSid: 'CA2' })).toBe(false);
    expect(await journal.query('events', { callSid: 'CA2' })).toEqual([]);
    const events = await journal.query('events', { callSid: 'CA1' });
    expect(events.slice(1)).toMatchObject([
      {
        event: 'recording.reported',
        from: 'journal',
        to: null,
        body: { recordingSid: RECORDING, durationS: 12 },
      },
      { event: 'recording.reported', body: { status: 'absent' } },
    ]);
  });
}

function describeRows(makeBackend: MakeBackend): void {
  test('the journal writes in the order told, and answers a query with everything told before it', async () => {
    const journal = await (await makeBackend()).open();
    journal.record('CA1', [row('a'), row('b')]);
    const accepted = accept(journal);
    journal.record('CA1', [row('c')]);
    expect(await eventsOf(journal)).toEqual(['1 a', '2 b', '3 call.accepted', '4 c']);
    expect(await accepted).toEqual({ epoch: 1, isNew: true });
  });

  test('the journal keeps what has happened in the order told, and names what breaks a rule', async () => {
    const journal = await (await makeBackend()).open();
    await accept(journal);
    journal.record('CA1', [row('a')]);
    const kept = journal.keep('decideNext', { callSid: 'CA1', next: 'dial', at: 0 });
    journal.record('CA1', [row('b')]);
    await kept;
    expect(await eventsOf(journal)).toEqual(['1 call.accepted', '2 a', '3 next.decided', '4 b']);
    await expect(journal.keep('settleOutbox', { id: 'nobody', status: 'sent', at: 0 })).rejects.toMatchObject(
      { code: 'REQUEST_INVALID' },
    );
  });

  test('the journal writes a row as it was when it was recorded', async () => {
    const journal = await (await makeBackend()).open();
    const body = { text: 'before' };
    journal.record('CA1', [row('a', body)]);
    body.text = 'after';
    expect((await journal.query('events', { callSid: 'CA1' }))[0]?.body).toEqual({ text: 'before' });
  });

  test('the journal stores a body that is not JSON without the body, and an invalid `at` as now', async () => {
    const log = new LogLines();
    const journal = await (await makeBackend()).open({ log, clock: new VirtualClock(5000) });
    const ring: Record<string, unknown> = {};
    ring['ring'] = ring;
    journal.record('CA1', [row('a', ring, { at: Number.NaN })]);
    expect(await journal.query('events', { callSid: 'CA1' })).toMatchObject([
      { name: 'a', at: 5000, body: {} },
    ]);
    expect(log.lines).toEqual(['warn row body is not JSON, left out']);
  });

  test('the journal names what is wrong with a request, and goes on', async () => {
    const journal = await (await makeBackend()).open();
    await expect(journal.query('leads', { limit: 10, cursor: 'made up' })).rejects.toThrow(
      expect.objectContaining({
        code: 'REQUEST_INVALID',
        message: 'the request is invalid: cursor is not a cursor of this list',
      }),
    );
    expect(journal.trouble).toBeUndefined();
  });

  test('the journal is durable and refuses everything once it is closed', async () => {
    const backend = await makeBackend();
    const journal = await backend.open();
    journal.record('CA1', [row('a')]);
    await journal.close();
    journal.record('CA1', [row('lost')]);
    expect(journal.trouble).toBe('ended');
    await expect(append(journal, 'b')).rejects.toThrow(UNAVAILABLE);
    await expect(journal.query('events', { callSid: 'CA1' })).rejects.toThrow(UNAVAILABLE);
    expect(await eventsOf(await backend.open())).toEqual(['1 a']);
  });

  test('the journal answers rows in pages that join without a gap or a double', async () => {
    const journal = await (await makeBackend()).open();
    journal.record(
      'CA1',
      Array.from({ length: 250 }, (_, n) => row('caller.committed', { itemId: String(n) })),
    );
    const seqs: number[] = [];
    for (let behind = 1; behind > 0;) {
      const seq = seqs.at(-1) ?? 0;
      const [page] = await journal.query('rowsAfter', { after: [{ callSid: 'CA1', seq }], limit: 100 });
      seqs.push(...(page?.rows ?? []).map((each) => each.seq));
      behind = (page?.behind ?? 0) - (page?.rows.length ?? 0);
    }
    expect(seqs).toEqual(Array.from({ length: 250 }, (_, n) => n + 1));
  });
}

function describeErasing(makeBackend: MakeBackend): void {
  test('the journal erases a call in pieces, and neither its rows nor a search has its words after that', async () => {
    const journal = await (await makeBackend()).open();
    for (const callSid of ['CA1', 'CA2']) journal.record(callSid, shortCall(callSid));
    const erase = () => journal.transact('eraseCall', { callSid: 'CA1', rows: 5, keepsRecords: false });
    expect(await erase()).toEqual({ isDone: false });
    while (!(await erase()).isDone);
    let isFirst = true;
    while (!(await journal.transact('compact', { isFirst })).isDone) isFirst = false;
    await journal.query('overwriteErased', {});
    expect(await eventsOf(journal)).toEqual([]);
    const found = await journal.query('findCalls', { limit: 9, q: SECRET_WORD });
    expect(found.items.map(({ callSid }) => callSid)).toEqual(['CA2']);
    expect(await journal.query('storedOfCall', { callSid: 'CA1' })).toEqual({ isAny: false, state: null });
  });
}
