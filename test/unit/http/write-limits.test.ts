import { afterEach, describe, expect, test } from 'vitest';
import { routeRows } from '../../../src/services/http/routes.ts';
import { WRITE_LIMITS } from '../../../src/services/http/write-limits.ts';
import { CALL_SID, HttpHouse } from '../../support/http.ts';

let house: HttpHouse;
const open = async () => (house = await new HttpHouse().open());
afterEach(() => house.close());

/** Ends or silences a call: it must not be kept from anybody, and costs nothing. */
const FREE = ['hangup', 'mute', 'recording'].map((command) => `POST /api/calls/:callSid/${command}`);
const writes = routeRows().filter(
  ({ name, method, path }) => path.startsWith('/api') && method !== 'GET' && !FREE.includes(name),
);
const addressOf = (path: string) => path.replace(':callSid', CALL_SID).replace(/:\w+/, 'shop');
const ask = ({ method, path, spec }: (typeof writes)[number]) =>
  spec.body === 'json'
    ? house.send(method, addressOf(path), '{"x":')
    : house.api(addressOf(path), { method });

describe('what writes or costs', () => {
  test.each(writes.map((route) => [route.name, route] as const))(
    'routes that write or cost are limited: %s',
    async (_name, route) => {
      await open();
      const { limit } = route.spec;
      if (limit === undefined) throw new Error('it has no limit');
      for (let n = 0; n < WRITE_LIMITS[limit]; n++) expect((await ask(route)).status).not.toBe(429);
      const reply = await ask(route);
      expect(reply).toMatchObject({ status: 429, json: { type: 'RATE_LIMITED' } });
      expect(reply.headers['retry-after']).toBe('60');
      house.clock.time += 60_000;
      expect((await ask(route)).status).not.toBe(429);
    },
  );

  test('routes that write or cost share their limits, and leave routes that read, hang up or mute alone', async () => {
    await open();
    house.journal.answers.findCalls = { items: [], nextCursor: null };
    const say = () => house.send('POST', `/api/calls/${CALL_SID}/say`, { text: 'Hello.' });
    const whisper = () => house.send('POST', `/api/calls/${CALL_SID}/whisper`, { text: 'Hello.' });
    for (let n = 0; n < 30; n++) {
      expect((await say()).status).toBe(202);
      expect((await whisper()).status).toBe(202);
    }
    expect((await whisper()).status).toBe(429);
    expect((await say()).status).toBe(429);
    expect(house.desk.asked).toHaveLength(60);
    for (let n = 0; n < 100; n++) expect((await house.api('/api/calls')).status).toBe(200);
    for (const command of ['hangup', 'mute']) {
      for (let n = 0; n < 400; n++) {
        const body = command === 'mute' ? { muted: true } : {};
        expect((await house.send('POST', `/api/calls/${CALL_SID}/${command}`, body)).status).toBe(202);
      }
    }
  });

  test('routes that write or cost are not counted for a client without the token, who could use them up', async () => {
    await open();
    for (let n = 0; n < 100; n++) {
      const path = `/api/calls/${CALL_SID}/say`;
      expect((await house.ask(path, { method: 'POST' })).status).toBe(401);
    }
    expect((await house.send('POST', `/api/calls/${CALL_SID}/say`, { text: 'Hello.' })).status).toBe(202);
  });

  test('routes that write or cost answer 413 to a large body, and count it', async () => {
    await open();
    const large = `"${'x'.repeat(300 * 1024)}"`;
    for (let n = 0; n < 60; n++) {
      expect((await house.send('PUT', '/api/agents/shop', large)).status).toBe(413);
    }
    expect((await house.send('PUT', '/api/agents/shop', large)).status).toBe(429);
  });
});
