import { describe, expect, onTestFinished, test } from 'vitest';
import { Erasures } from '../../../src/services/erasing/erasures.ts';
import type { Journal } from '../../../src/services/storage/journal.port.ts';
import { row } from '../../support/call-rows.ts';
import { HttpHouse } from '../../support/http.ts';
import type { MakeBackend } from '../../support/journal-backend.ts';
import { CALLER_NUMBER, SECRET_WORD, shortCall } from '../../support/stored-calls.ts';

const OTHER_NUMBER = '+12025550188';
const OTHER_WORD = 'schneewittchen';
/** What must not be found in anything that is kept afterwards: the number, its digits as the index writes them, words, a name. */
const SECRETS = [
  CALLER_NUMBER,
  CALLER_NUMBER.slice(1),
  SECRET_WORD,
  'Rumpel Stilz',
  'rumpel.stilz@example.org',
];

/** The same call by somebody else. */
const othersCall = (callSid: string, at: number) =>
  JSON.parse(
    JSON.stringify(shortCall(callSid, { at }))
      .replaceAll(CALLER_NUMBER, OTHER_NUMBER)
      .replaceAll(SECRET_WORD, OTHER_WORD),
  ) as ReturnType<typeof shortCall>;

const at = Date.UTC(2026, 10, 25, 10);

/** Everything that a call leaves behind, of a caller with this number. */
async function leaveTraces(journal: Journal, callSid: string, phone: string, name: string): Promise<void> {
  const key = `${callSid}/${phone}`;
  await journal.transact('intendEffect', { key, callSid, tool: 'create_lead', toolCallId: 't1', at });
  await journal.transact('createLead', {
    ...{
      key,
      callSid,
      name,
      phone,
      email: `${name.toLowerCase().replace(' ', '.')}@example.org`,
      interest: null,
      notes: `of ${name}`,
      at,
    },
  });
  await journal.transact('concludeEffect', {
    ...{ key, callSid, isFinal: true, isLate: false, undoes: [], at },
    outcome: { status: 'ok', output: `{"name":"${name}","phone":"${phone}"}` },
  });
  await journal.transact('createBooking', {
    ...{ key, callSid, name, phone, caller: phone, diary: key, resources: [''], maxPerCall: 5, at },
    ...{ service: `hair of ${name}`, startsAt: '2026-11-26T10:00:00Z', endsAt: '2026-11-26T11:00:00Z' },
    timezone: 'UTC',
  });
  await journal.transact('createMessage', { key, callSid, to: phone, body: `Dear ${name}`, at });
}

async function fill(journal: Journal): Promise<void> {
  for (let n = 0; n < 200; n++) {
    const callSid = `CA${String(n)}`;
    journal.record(callSid, n % 10 === 3 ? shortCall(callSid, { at: at + n }) : othersCall(callSid, at + n));
  }
  await leaveTraces(journal, 'CA3', CALLER_NUMBER, 'Rumpel Stilz');
  await leaveTraces(journal, 'CA4', OTHER_NUMBER, 'Snow White');
  // Somebody else names the number, and an operator calls it.
  await journal.transact('createLead', {
    ...{ key: 'named', callSid: 'CA5', name: 'Miller', phone: CALLER_NUMBER, email: null, at },
    ...{ interest: null, notes: null },
  });
  journal.record('CA5', [
    row(
      'tool.requested',
      { request: { argumentsJson: JSON.stringify({ phone: CALLER_NUMBER }) } },
      { at: at + 9999, state: 'ended' },
    ),
  ]);
  const placed = { key: 'c', from: '+12025550100', to: CALLER_NUMBER, agentId: 'default', at };
  await journal.transact('requestCall', placed);
  // It calls too often, and an operator blocks it.
  const terms = { at, day: '2026-11-25', ceilings: { calls: null, modelMs: null, costMicros: null } };
  const caller = { phone: CALLER_NUMBER, perHour: 9 };
  await journal.transact('admitCall', {
    ...{ callSid: 'CA300', agentId: 'default', direction: 'inbound', from: CALLER_NUMBER, to: '+1', at },
    terms: { ...terms, ...caller, caller },
  });
  await journal.transact('endCall', { callSid: 'CA300', reason: 'completed', at });
  await journal.transact('noteRefusal', { callSid: 'CA301', phone: CALLER_NUMBER, cause: 'blocked', at });
  await journal.transact('blockNumber', { phone: CALLER_NUMBER, at });
}

async function open(makeBackend: MakeBackend) {
  const backend = await makeBackend();
  const journal = await backend.open();
  await fill(journal);
  const house = await new HttpHouse({ journal }).open();
  onTestFinished(() => house.close());
  const foundAnywhere = async () => {
    const found = await Promise.all(SECRETS.map((secret) => backend.holds(secret)));
    return SECRETS.filter((_, index) => found[index]);
  };
  const erase = (phone: string) => house.api(`/api/callers/${phone}`, { method: 'DELETE' });
  return { journal, house, foundAnywhere, erase };
}

/** What every engine promises of erasing, whatever it keeps its journal in. */
export function describeErasure(engine: string, makeBackend: MakeBackend): void {
  describe(`a journal in ${engine}`, () => {
    describeCallers(makeBackend);
    describeOneCall(makeBackend);
  });
}

function describeCallers(makeBackend: MakeBackend): void {
  test('erasing a caller leaves nothing of the number anywhere, and everything of the others', async () => {
    const { journal, house, foundAnywhere, erase } = await open(makeBackend);
    const others = async () => ({
      calls: (await journal.query('findCalls', { limit: 200, number: OTHER_NUMBER.slice(1) })).items,
      events: await journal.query('events', { callSid: 'CA4' }),
      leads: (await journal.query('leads', { limit: 200 })).items.filter(({ name }) => name === 'Snow White'),
      bookings: (await journal.query('bookings', { limit: 9 })).items.filter(
        ({ callSid }) => callSid === 'CA4',
      ),
      found: (await journal.query('findCalls', { limit: 200, q: OTHER_WORD })).items.length,
      sums: (await journal.query('analytics', {})).calls,
    });
    expect(await foundAnywhere()).toContain(CALLER_NUMBER);
    const before = await others();

    const reply = await erase(CALLER_NUMBER);
    expect(reply).toMatchObject({ status: 204, text: '' });
    expect(await foundAnywhere()).toEqual([]);
    expect(await others()).toEqual(before);
    expect(before).toMatchObject({ found: 180, sums: 201 });
    expect(before.leads).toHaveLength(1);

    for (const path of ['', '/transcript', '/events', '/export']) {
      expect((await house.api(`/api/calls/CA3${path}`)).status).toBe(404);
    }
    for (const query of [{ q: SECRET_WORD }, { number: CALLER_NUMBER.slice(1) }]) {
      expect((await journal.query('findCalls', { limit: 9, ...query })).items).toEqual([]);
    }
    // Who named the number keeps the call; the number in its log is dots.
    expect(JSON.stringify(await journal.query('events', { callSid: 'CA5' }))).toContain('+•••••••••••');
    expect(JSON.stringify(house.logged)).not.toContain(CALLER_NUMBER.slice(-6));
    expect(house.faults).toEqual([]);
  });

  test('erasing a caller is not undone by late rows, or by a carrier that asks again', async () => {
    const { journal, foundAnywhere, erase } = await open(makeBackend);
    await erase(CALLER_NUMBER);
    journal.record('CA3', shortCall('CA3'));
    const call = {
      callSid: 'CA3',
      agentId: 'a',
      direction: 'inbound',
      from: CALLER_NUMBER,
      to: '+1',
      at,
    } as const;
    expect(await journal.transact('acceptCall', call)).toBeUndefined();
    expect(await journal.query('events', { callSid: 'CA3' })).toEqual([]);
    expect(await journal.transact('endCall', { callSid: 'CA3', reason: 'lost', at })).toBe(false);
    expect(await foundAnywhere()).toEqual([]);
  });

  test('erasing a caller is refused while the number is in a call, and says so', async () => {
    const { journal, erase, house } = await open(makeBackend);
    journal.record('CA777', shortCall('CA777', { isOver: false }));
    const reply = await erase(CALLER_NUMBER);
    expect(reply).toMatchObject({ status: 409, json: { type: 'CONFLICT' } });
    expect(reply.text).not.toContain(CALLER_NUMBER.slice(-6));
    expect((await house.api('/api/calls/CA3')).status).toBe(200);

    await journal.transact('endCall', { callSid: 'CA777', reason: 'operator', at });
    expect((await erase(CALLER_NUMBER)).status).toBe(204);
    expect((await house.api('/api/calls/CA777')).status).toBe(404);
  });

  test('erasing a caller finds nothing the second time, and asks for a number in full', async () => {
    const { erase } = await open(makeBackend);
    expect((await erase(encodeURIComponent(CALLER_NUMBER))).status).toBe(204);
    expect(await erase(CALLER_NUMBER)).toMatchObject({ status: 404, json: { type: 'NOT_FOUND' } });
    for (const phone of ['12025550123', '+0123456789', '+1202555012x', 'anonymous', '%2B']) {
      const reply = await erase(phone);
      expect(reply).toMatchObject({ status: 400, json: { errors: [{ path: 'phone' }] } });
      expect(reply.text).not.toContain(phone);
    }
  });

  test('erasing a caller goes on where it was cut off', async () => {
    const { journal, foundAnywhere, erase } = await open(makeBackend);
    expect(await journal.transact('eraseNumber', { phone: CALLER_NUMBER, rows: 250 })).toEqual({
      isDone: false,
    });
    expect((await erase(CALLER_NUMBER)).status).toBe(204);
    expect(await foundAnywhere()).toEqual([]);
  });

  test('erasing a caller first deletes what is kept outside the database', async () => {
    const { journal } = await open(makeBackend);
    const gone: string[] = [];
    const forgetCall = async (callSid: string) => {
      expect(await journal.query('call', { callSid })).toBeDefined();
      gone.push(callSid);
    };
    expect(
      await new Erasures({ journal, recordings: { deleteRecording: forgetCall } }).caller(CALLER_NUMBER),
    ).toBe('erased');
    expect(gone).toHaveLength(21);
  });
}

function describeOneCall(makeBackend: MakeBackend): void {
  const eraseCall = (house: HttpHouse, callSid: string) =>
    house.api(`/api/calls/${callSid}`, { method: 'DELETE' });

  test('erasing one call leaves nothing of a caller without a number, and everything of the others', async () => {
    const { journal, house, foundAnywhere } = await open(makeBackend);
    // The only caller of these words hides the number.
    await house.api(`/api/callers/${CALLER_NUMBER}`, { method: 'DELETE' });
    const rows = JSON.stringify(shortCall('CA900', { at })).replaceAll(CALLER_NUMBER, 'anonymous');
    journal.record('CA900', JSON.parse(rows) as ReturnType<typeof shortCall>);
    await journal.transact('createLead', {
      ...{ key: 'k', callSid: 'CA900', name: 'Rumpel Stilz', phone: null, email: null, at },
      ...{ interest: null, notes: SECRET_WORD },
    });
    expect((await house.api('/api/calls/CA900')).status).toBe(200);
    expect(await foundAnywhere()).not.toEqual([]);

    expect(await eraseCall(house, 'CA900')).toMatchObject({ status: 204, text: '' });
    expect(await foundAnywhere()).toEqual([]);
    for (const path of ['', '/transcript', '/events', '/export']) {
      expect((await house.api(`/api/calls/CA900${path}`)).status).toBe(404);
    }
    expect((await journal.query('findCalls', { limit: 200, q: OTHER_WORD })).items).toHaveLength(180);
    expect((await journal.query('leads', { limit: 9 })).items.map(({ name }) => name)).toEqual([
      'Snow White',
    ]);
    expect(house.faults).toEqual([]);
  });

  test('erasing one call is refused while it is live, with its state, and finds nothing the second time', async () => {
    const { journal, house } = await open(makeBackend);
    journal.record('CA777', shortCall('CA777', { isOver: false }));
    expect(await eraseCall(house, 'CA777')).toMatchObject({
      status: 409,
      json: { type: 'CONFLICT', state: 'conversing.listening' },
    });
    expect(await journal.query('events', { callSid: 'CA777' })).toHaveLength(14);
    await journal.transact('endCall', { callSid: 'CA777', reason: 'operator', at });
    expect((await eraseCall(house, 'CA777')).status).toBe(204);
    expect(await eraseCall(house, 'CA777')).toMatchObject({ status: 404, json: { type: 'NOT_FOUND' } });
    expect((await eraseCall(house, 'nonsense')).status).toBe(404);
  });

  test('erasing one call leaves the other calls of the same number, and those are erased by it', async () => {
    const { journal, house, erase } = await open(makeBackend);
    expect((await eraseCall(house, 'CA13')).status).toBe(204);
    const { items } = await journal.query('findCalls', { limit: 200, number: CALLER_NUMBER.slice(1) });
    expect(items).toHaveLength(20);
    expect((await erase(CALLER_NUMBER)).status).toBe(204);
  });

  test('erasing one call needs the token', async () => {
    const { house } = await open(makeBackend);
    const reply = await house.api('/api/calls/CA13', {
      method: 'DELETE',
      headers: { Authorization: 'Bearer x' },
    });
    expect(reply.status).toBe(401);
    expect((await house.api('/api/calls/CA13')).status).toBe(200);
  });
}
