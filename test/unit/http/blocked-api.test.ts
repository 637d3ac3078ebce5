import { describe, expect, onTestFinished, test } from 'vitest';
import { HttpHouse } from '../../support/http.ts';
import { storeJournal } from '../../support/stored-calls.ts';

const PHONE = '+12025550123';
const BLOCKED_AT = '2023-11-14T22:13:20.000Z';

async function open() {
  const { journal } = storeJournal();
  const house = await new HttpHouse({ journal }).open();
  onTestFinished(() => house.close());
  const ask = (method: string, phone = PHONE) =>
    house.api(`/api/blocked/${encodeURIComponent(phone)}`, { method });
  return { house, journal, ask };
}

describe('a number', () => {
  test('a number is blocked, once, and listed', async () => {
    const { house, ask } = await open();
    const blocked = { phone: PHONE, blockedAt: BLOCKED_AT };
    expect(await ask('PUT')).toMatchObject({ status: 200, json: blocked });
    house.clock.time += 5000;
    expect(await ask('PUT')).toMatchObject({ status: 200, json: blocked });
    expect((await house.api('/api/blocked')).json).toEqual({ items: [blocked], nextCursor: null });
  });

  test('a number is taken again, and is not found a second time', async () => {
    const { house, ask } = await open();
    await ask('PUT');
    expect(await ask('DELETE')).toMatchObject({ status: 204, text: '' });
    expect(await ask('DELETE')).toMatchObject({ status: 404, json: { type: 'NOT_FOUND' } });
    expect((await house.api('/api/blocked')).json).toEqual({ items: [], nextCursor: null });
  });

  test.each(['12025550123', '+0123', 'anonymous', '', '+1202555012345678'])(
    'a number must be E.164: not %j',
    async (phone) => {
      const { ask } = await open();
      for (const method of ['PUT', 'DELETE']) {
        const { status, text } = await ask(method, phone);
        expect(status).toBe(phone === '' ? 404 : 400);
        if (phone !== '') expect(text).not.toContain(phone);
      }
    },
  );

  test('a number is in no log line', async () => {
    const { house, ask } = await open();
    for (const method of ['PUT', 'DELETE', 'DELETE']) await ask(method);
    expect(JSON.stringify(house.logged)).not.toContain(PHONE.slice(-6));
  });

  test('a number is no longer blocked when everything about it is erased', async () => {
    const { house, journal, ask } = await open();
    await ask('PUT');
    await journal.transact('noteRefusal', { callSid: 'CA1', phone: PHONE, cause: 'blocked', at: 0 });
    expect((await house.api(`/api/callers/${PHONE}`, { method: 'DELETE' })).status).toBe(204);
    expect((await house.api('/api/blocked')).json).toMatchObject({ items: [] });
    expect((await house.api('/api/refused-calls')).json).toMatchObject({ items: [] });
    expect((await house.api(`/api/callers/${PHONE}`, { method: 'DELETE' })).status).toBe(404);
  });
});

describe('lists of what is not taken', () => {
  test.each(['blocked', 'refused-calls'])(
    'lists of blocked numbers and refused calls come a page at a time: %s',
    async (list) => {
      const { house, journal } = await open();
      for (let n = 0; n < 3; n++) {
        const phone = `+1202555010${String(n)}`;
        await journal.transact('blockNumber', { phone, at: n });
        await journal.transact('noteRefusal', { callSid: `CA${String(n)}`, phone, cause: 'blocked', at: n });
      }
      interface Page {
        readonly items: readonly { readonly phone: string }[];
        readonly nextCursor: string;
      }
      const first = (await house.api(`/api/${list}?limit=2`)).json as Page;
      const rest = (await house.api(`/api/${list}?limit=2&cursor=${first.nextCursor}`)).json as Page;
      expect([...first.items, ...rest.items].map(({ phone }) => phone.slice(-1))).toEqual(['2', '1', '0']);
      expect(rest.nextCursor).toBeNull();
      expect(await house.api(`/api/${list}?limit=201`)).toMatchObject({ status: 400 });
    },
  );
});
