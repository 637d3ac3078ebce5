import { afterEach, describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { routeRows } from '../../../src/services/http/routes.ts';
import { TWILIO_ROUTES } from '../../../src/services/twilio/webhooks/twilio-routes.ts';
import { ADMIN_TOKEN, CALL_SID, HttpHouse } from '../../support/http.ts';

let house: HttpHouse;
const open = async (...settings: ConstructorParameters<typeof HttpHouse>) => {
  house = await new HttpHouse(...settings).open();
  return house;
};
afterEach(() => house.close());

/** Every route of a kind, with its parameters filled in. */
const routesOf = (guard: string) =>
  [...routeRows(TWILIO_ROUTES.specs), ...routeRows()]
    .filter(({ spec }) => spec.guard === guard)
    .map(({ method, path }) => ({ method, path: path.replace(/:\w+/, CALL_SID) }));

describe('/twilio with an auth token', () => {
  test('/twilio with an auth token refuses every route without a valid signature, with an empty body, and does not ask the desk', async () => {
    await open();
    for (const { path } of [...routesOf('carrier'), { path: '/twilio/nothing' }, { path: '/twilio' }]) {
      for (const signature of ['', 'wrong']) {
        const reply = await house.post(path, { CallSid: CALL_SID }, { 'X-Twilio-Signature': signature });
        expect([path, reply.status, reply.text]).toEqual([path, 403, '']);
      }
      expect((await house.ask(path)).status).toBe(403);
    }
    expect(house.desk.asked).toEqual([]);
    expect(new Set(house.faults)).toEqual(new Set(['SIGNATURE_INVALID']));
  });

  test('/twilio with an auth token has the path, the query and the fields verified exactly as they were sent', async () => {
    const seen: unknown[] = [];
    await open({ rules: { verifyWebhook: (request) => seen.push(request) > 0 } });
    await house.post("/twilio/status?k=it's%20me&k=2", `B=2&A=1&A=3&CallSid=${CALL_SID}&C=%2B1+x`, {
      Host: 'evil.test',
      'X-Forwarded-Host': 'evil.test',
    });
    expect(seen).toEqual([
      {
        target: "/twilio/status?k=it's%20me&k=2",
        form: { B: '2', A: ['1', '3'], CallSid: CALL_SID, C: '+1 x' },
        signature: 'valid',
      },
    ]);
  });

  test('/twilio with an auth token refuses a request line that names a host', async () => {
    await open();
    const reply = await house.post('http://calls.example.com/twilio/voice', { CallSid: CALL_SID });
    expect(reply.status).toBe(403);
  });

  test('/twilio with an auth token answers a signed request for an unknown path like any other', async () => {
    await open();
    expect(await house.post('/twilio/nothing', {})).toMatchObject({ status: 404 });
    const signed = { headers: { 'X-Twilio-Signature': 'valid' } };
    expect(await house.ask('/twilio/voice', signed)).toMatchObject({
      status: 405,
      headers: { allow: 'POST' },
    });
    expect(await house.post('/twilio/voice', '{}', { 'Content-Type': 'application/json' })).toMatchObject({
      status: 415,
    });
  });
});

describe('/twilio without an auth token', () => {
  const post = (headers = {}) => house.post('/twilio/voice', { CallSid: CALL_SID }, headers);

  test('/twilio without an auth token answers direct clients of this machine', async () => {
    await open({ rules: { verifyWebhook: undefined } });
    expect(await post()).toMatchObject({ status: 200 });
  });

  test.each([
    { 'X-Forwarded-For': '1.2.3.4' },
    { Forwarded: 'for=1.2.3.4' },
    { 'CF-Connecting-IP': '1.2.3.4' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { Origin: 'http://evil.test' },
  ])('/twilio without an auth token refuses %j', async (headers) => {
    await open({ rules: { verifyWebhook: undefined } });
    expect(await post(headers)).toMatchObject({ status: 403 });
    expect(house.desk.asked).toEqual([]);
  });

  test('/twilio without an auth token refuses everybody when the public URL is not this machine', async () => {
    await open({ rules: { verifyWebhook: undefined, publicUrl: 'https://calls.example.com' } });
    expect(await post()).toMatchObject({ status: 403 });
  });
});

describe('/api and /metrics with a token', () => {
  test('/api and /metrics with a token refuse every route without it, and say how to ask', async () => {
    await open();
    for (const { method, path } of [...routesOf('admin'), { method: 'GET', path: '/api/nothing' }]) {
      const reply = await house.ask(path, { method });
      expect(reply).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm="callchart"', 'cache-control': 'no-store' },
        json: { type: 'UNAUTHORIZED', status: 401 },
      });
    }
    expect(house.journal.asked).toEqual([]);
  });

  test.each([
    ['a wrong token', { Authorization: 'Bearer wrong' }, ''],
    ['the token with more behind it', { Authorization: `Bearer ${ADMIN_TOKEN}x` }, ''],
    ['another scheme', { Authorization: `Basic ${ADMIN_TOKEN}` }, ''],
    ['no scheme', { Authorization: ADMIN_TOKEN }, ''],
    ['two tokens', { Authorization: `Bearer ${ADMIN_TOKEN} ${ADMIN_TOKEN}` }, ''],
    ['the token in the query', {}, `?token=${ADMIN_TOKEN}&access_token=${ADMIN_TOKEN}`],
    ['the token in a cookie', { Cookie: `token=${ADMIN_TOKEN}` }, ''],
  ])('/api and /metrics with a token refuse %s', async (_, headers, query) => {
    await open();
    const reply = await house.ask(`/api/leads${query}`, { headers });
    expect(reply).toMatchObject({ status: 401, json: { type: 'UNAUTHORIZED' } });
    expect(reply.text).not.toContain(ADMIN_TOKEN);
  });

  test.each([`Bearer ${ADMIN_TOKEN}`, `bearer ${ADMIN_TOKEN}`, `Bearer  ${ADMIN_TOKEN}`])(
    '/api and /metrics with a token take %j',
    async (Authorization) => {
      await open();
      expect(await house.ask('/metrics', { headers: { Authorization } })).toMatchObject({
        status: 200,
        text: 'calls 1\n',
        headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      });
    },
  );

  test('/api and /metrics with a token slow down wrong tokens, and never the right token', async () => {
    await open();
    const guess = () => house.ask('/api/leads', { headers: { Authorization: 'Bearer guess' } });
    for (let count = 0; count < 10; count += 1) expect((await guess()).status).toBe(401);
    house.clock.time += 20_000;
    expect(await guess()).toMatchObject({
      status: 429,
      headers: { 'retry-after': '40' },
      json: { type: 'RATE_LIMITED' },
    });
    expect((await house.api('/metrics')).status).toBe(200);
    house.clock.time += 40_000;
    expect((await guess()).status).toBe(401);
  });

  test('/api and /metrics with a token take the token from anywhere, by any name', async () => {
    await open({ rules: { publicUrl: 'https://calls.example.com' } });
    const headers = { Host: 'calls.example.com', 'X-Forwarded-For': '1.2.3.4', Origin: 'https://x.test' };
    expect((await house.api('/metrics', { headers })).status).toBe(200);
  });

  test('/api and /metrics with a token answer a preflight without granting anything', async () => {
    await open();
    const reply = await house.ask('/api/calls', {
      method: 'OPTIONS',
      headers: { Origin: 'http://evil.test' },
    });
    expect(reply).toMatchObject({ status: 204, headers: { allow: 'GET, HEAD, POST' } });
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('/api and /metrics without a token', () => {
  const local = { rules: { adminToken: undefined } };

  test.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])(
    '/api and /metrics without a token answer this machine as %s',
    async (name) => {
      await open(local);
      const headers = { Host: `${name}:${String(house.port)}` };
      expect((await house.ask('/metrics', { headers })).status).toBe(200);
      expect((await house.ask('/metrics', { headers: { Host: name } })).status).toBe(200);
    },
  );

  test.each([
    ['a name somebody pointed here', { Host: 'evil.test' }],
    ['a name that begins like ours', { Host: 'localhost.evil.test' }],
    ['a proxy on this machine', { 'X-Forwarded-For': '1.2.3.4' }],
    ['another proxy', { 'X-Forwarded-Proto': 'https' }],
    ['a standard proxy', { Forwarded: 'for=1.2.3.4' }],
    ['a tunnel', { 'CF-Ray': '1' }],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a sister site', { 'Sec-Fetch-Site': 'same-site' }],
    ['a form of another site', { Origin: 'http://evil.test' }],
    ['a sandboxed page', { Origin: 'null' }],
  ])('/api and /metrics without a token refuse %s', async (_, headers) => {
    await open(local);
    for (const path of ['/api/calls', '/metrics']) {
      expect(await house.ask(path, { headers })).toMatchObject({ status: 403, json: { type: 'FORBIDDEN' } });
    }
    expect(house.journal.asked).toEqual([]);
  });

  test('/api and /metrics without a token answer our own page', async () => {
    await open(local);
    const host = `localhost:${String(house.port)}`;
    const headers = { Host: host, Origin: `http://${host}`, 'Sec-Fetch-Site': 'same-origin' };
    expect((await house.ask('/metrics', { headers })).status).toBe(200);
  });

  test('/api and /metrics without a token refuse everybody when the public URL is not this machine', async () => {
    await open({ rules: { adminToken: undefined, publicUrl: 'https://x.ngrok.app' } });
    expect((await house.ask('/metrics')).status).toBe(403);
  });
});

describe('the console', () => {
  const page = {
    console: (_request: unknown, response: { end: (text: string) => void }) => {
      response.end('page');
    },
  };

  test('the console is open with a token set, since the page asks for it', async () => {
    await open(page);
    expect(await house.ask('/')).toMatchObject({ status: 200, text: 'page' });
  });

  test('the console is for this machine only when no token is set', async () => {
    await open({ ...page, rules: { adminToken: undefined } });
    expect(await house.ask('/')).toMatchObject({ status: 200 });
    expect(await house.ask('/', { headers: { 'X-Forwarded-For': '1.2.3.4' } })).toMatchObject({
      status: 403,
    });
  });
});

describe('health', () => {
  test('health is open to everybody', async () => {
    await open({ rules: { publicUrl: 'https://calls.example.com' } });
    const headers = { Host: 'calls.example.com', 'X-Forwarded-For': '1.2.3.4' };
    expect(await house.ask('/healthz', { headers })).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(await house.ask('/readyz', { headers })).toMatchObject({ status: 200, json: { status: 'ready' } });
  });

  test('health is not ready while draining, or without storage', async () => {
    await open();
    house.journal.trouble = 'full';
    expect(await house.ask('/readyz')).toMatchObject({
      status: 503,
      json: { type: 'STORAGE_UNAVAILABLE', detail: 'the disk is full' },
    });
    house.desk.isDraining = true;
    expect(await house.ask('/readyz')).toMatchObject({ status: 503, json: { type: 'UNAVAILABLE' } });
    expect(await house.ask('/healthz')).toMatchObject({ status: 200 });
  });

  test('health is asked of the disk itself, once a second however often it is asked for', async () => {
    await open();
    let trials = 0;
    house.journal.tried = () => {
      trials += 1;
      house.journal.trouble = 'locked';
      return Promise.reject(new EngineError('STORAGE_UNAVAILABLE'));
    };
    const told = { status: 503, json: { detail: 'another program has locked the database' } };
    expect(await house.ask('/readyz')).toMatchObject(told);
    expect(await house.ask('/readyz')).toMatchObject(told);
    expect(trials).toBe(1);

    house.journal.trouble = undefined;
    house.journal.tried = () => Promise.resolve(void (trials += 1));
    for (let n = 0; n < 5; n++) expect((await house.ask('/readyz')).status).toBe(200);
    expect(trials).toBe(1);
    house.clock.time += 1000;
    for (let n = 0; n < 5; n++) expect((await house.ask('/readyz')).status).toBe(200);
    expect(trials).toBe(2);
  });
});
