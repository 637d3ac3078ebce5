import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/errors.ts';
import { readAgentProfile } from '../../../src/protocol/agent-profile.ts';
import type { AgentStore } from '../../../src/services/http/agents-api.ts';
import { PlacingRefused } from '../../../src/services/desk/placing-refused.ts';
import { routeRows } from '../../../src/services/http/routes.ts';
import { TWILIO_ROUTES } from '../../../src/services/twilio/webhooks/twilio-routes.ts';
import type { CallRecord, FoundCall } from '../../../src/services/storage/calls.port.ts';
import { CALL_SID, HttpHouse } from '../../support/http.ts';

let house: HttpHouse;
const open = async (...settings: ConstructorParameters<typeof HttpHouse>) => {
  house = await new HttpHouse(...settings).open();
  return house;
};
afterEach(() => house.close());

const justPlaced: CallRecord = {
  callSid: CALL_SID,
  agentId: 'default',
  direction: 'inbound',
  from: '+12025550123',
  to: '+12025550100',
  isTest: false,
  state: 'conversing.listening',
  startedAt: '2026-11-25T10:00:00.000Z',
  endedAt: null,
  endReason: null,
  durationMs: null,
};
const record: FoundCall = {
  ...justPlaced,
  bargeIns: null,
  toolCalls: null,
  lastSpeaker: null,
};

/** What a problem answer must look like, whatever it is about. */
function expectProblem(reply: Awaited<ReturnType<HttpHouse['ask']>>, status: number, type: string) {
  expect(reply).toMatchObject({ status, json: { type, status, title: expect.any(String) as string } });
  expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8');
}

describe('calls', () => {
  test('calls are listed newest first, a page at a time', async () => {
    await open();
    house.journal.answers.findCalls = { items: [record], nextCursor: 'n3xt' };
    expect(await house.api('/api/calls')).toMatchObject({
      status: 200,
      json: { items: [record], nextCursor: 'n3xt' },
    });
    await house.api('/api/calls?state=&limit=&cursor=');
    await house.api('/api/calls?state=conversing.listening&limit=200&cursor=n3xt');
    expect(house.journal.asked.map(({ args }) => args)).toEqual([
      { limit: 50 },
      { limit: 50 },
      { limit: 200, cursor: 'n3xt', state: 'conversing.listening' },
    ]);
  });

  test.each([
    'limit=0',
    'limit=201',
    'limit=-1',
    'limit=1.5',
    'limit=ten',
    'limit=1&limit=2',
    `cursor=${'x'.repeat(600)}`,
    "state='; drop table calls",
    'state=__proto__',
  ])('calls refuse ?%s', async (query) => {
    await open();
    const reply = await house.api(`/api/calls?${query.replaceAll(' ', '%20')}`);
    expectProblem(reply, 400, 'REQUEST_INVALID');
    expect(reply.json).toMatchObject({ errors: [{ path: query.split('=')[0] }] });
    expect(house.journal.asked).toEqual([]);
  });

  test('calls are shown one by one, with transcript and events', async () => {
    await open();
    const at = '2026-11-25T10:00:01.250Z';
    const line = { role: 'agent', text: 'Hi, this', at, itemId: 'item_1', interrupted: true } as const;
    const row = {
      ...{ seq: 1, at: Date.parse(at), from: 'phone', to: 'call', state: 'conversing.greeting' },
      ...{ event: 'playback.started' as const, taken: null, regions: {}, body: { roundTripMs: 40 } },
    };
    house.journal.answers = {
      foundCall: record,
      transcript: [line],
      rowsAfter: [{ callSid: CALL_SID, after: 0, lastSeq: 1, behind: 1, rows: [row] }],
    };
    expect((await house.api(`/api/calls/${CALL_SID}`)).json).toMatchObject({ ...record, isLive: false });
    expect((await house.api(`/api/calls/${CALL_SID}/transcript`)).json).toEqual([line]);
    expect(house.journal.asked.at(-1)).toMatchObject({ args: { withUnheard: false } });
    await house.api(`/api/calls/${CALL_SID}/transcript?unheard=true`);
    expect(house.journal.asked.at(-1)).toMatchObject({ args: { withUnheard: true } });
    expect((await house.api(`/api/calls/${CALL_SID}/events`)).json).toEqual([
      { seq: 1, at, actor: 'phone', event: 'playback.started', state: 'conversing.greeting' },
    ]);
  });

  test.each(['', '/transcript', '/events', '/latencies', '/losses', '/export'])(
    'calls with an unknown SID are not found%s',
    async (more) => {
      await open();
      expectProblem(await house.api(`/api/calls/CA404${more}`), 404, 'NOT_FOUND');
    },
  );

  test('calls cannot be read while storage is down', async () => {
    await open();
    house.journal.failure = new EngineError('STORAGE_UNAVAILABLE', 'disk full at /var/lib/secret');
    const reply = await house.api('/api/calls');
    expectProblem(reply, 503, 'STORAGE_UNAVAILABLE');
    expect(reply.headers['retry-after']).toBe('5');
    expect(reply.text).not.toContain('secret');
  });
});

describe('commands', () => {
  test.each([
    ['hangup', undefined, { type: 'hangup' }],
    ['hangup', {}, { type: 'hangup' }],
    ['transfer', undefined, { type: 'transfer' }],
    ['transfer', { to: '+12025550111' }, { type: 'transfer', to: '+12025550111' }],
    ['say', { text: ' Hello. ' }, { type: 'say', text: 'Hello.' }],
    ['whisper', { text: 'Offer Friday.' }, { type: 'whisper', text: 'Offer Friday.' }],
    ['mute', { muted: true }, { type: 'mute', muted: true }],
    ['recording', { paused: true }, { type: 'recording', paused: true }],
  ])('the command %s %j is passed to the call', async (name, body, command) => {
    await open();
    const path = `/api/calls/${CALL_SID}/${name}`;
    const reply =
      body === undefined ? await house.api(path, { method: 'POST' }) : await house.send('POST', path, body);
    expect(reply).toMatchObject({ status: 202, json: { callSid: CALL_SID, command: name } });
    expect(house.desk.asked).toEqual([{ what: 'command', with: { callSid: CALL_SID, ...command } }]);
  });

  test.each([
    ['say', {}, 'text'],
    ['say', { text: '   ' }, 'text'],
    ['say', { text: 'x'.repeat(2001) }, 'text'],
    ['say', { text: 'x', loud: true }, 'loud'],
    ['whisper', { text: 7 }, 'text'],
    ['mute', { muted: 'yes' }, 'muted'],
    ['recording', {}, 'paused'],
    ['recording', { paused: 1 }, 'paused'],
    ['transfer', { to: 7 }, 'to'],
    ['transfer', { to: '1'.repeat(65) }, 'to'],
    ['hangup', { now: true }, 'now'],
    ['hangup', '{"__proto__": {"admin": true}}', '__proto__'],
    ['say', [], ''],
  ])('the command %s %j is refused with the path of the field', async (name, body, path) => {
    await open();
    const reply = await house.send('POST', `/api/calls/${CALL_SID}/${name}`, body);
    expectProblem(reply, 400, 'REQUEST_INVALID');
    expect(reply.json).toMatchObject({ errors: [{ path }] });
    expect(house.desk.asked).toEqual([]);
  });

  test('commands that do not fit a state are answered with its name', async () => {
    await open();
    house.desk.answerToCommand = { conflict: 'transferring.dialing' };
    const reply = await house.send('POST', `/api/calls/${CALL_SID}/say`, { text: 'Hello.' });
    expectProblem(reply, 409, 'CONFLICT');
    expect(reply.json).toMatchObject({ state: 'transferring.dialing' });
  });

  test('commands to an ended call conflict with its end, and to an unknown one are not found', async () => {
    await open();
    house.desk.answerToCommand = 'unknown';
    const ask = () => house.api(`/api/calls/${CALL_SID}/hangup`, { method: 'POST' });
    expectProblem(await ask(), 404, 'NOT_FOUND');
    house.journal.answers.call = { ...record, state: 'ended', endReason: 'idle' };
    const reply = await ask();
    expectProblem(reply, 409, 'CONFLICT');
    expect(reply.json).toMatchObject({ state: 'ended' });
  });

  test('commands that the desk refuses are answered in its words', async () => {
    await open();
    house.desk.trouble = new EngineError('NUMBER_REFUSED', 'that country is not allowed');
    const reply = await house.send('POST', `/api/calls/${CALL_SID}/transfer`, { to: '+8821234567' });
    expectProblem(reply, 422, 'NUMBER_REFUSED');
    expect(reply.json).toMatchObject({ detail: 'that country is not allowed' });
  });

  test('hangup commands end 400 calls in a row', async () => {
    await open();
    for (let count = 0; count < 400; count += 1) {
      expect((await house.api(`/api/calls/${CALL_SID}/hangup`, { method: 'POST' })).status).toBe(202);
    }
  }, 30_000);
});

describe('placing a call', () => {
  const placed: object[] = [];
  const outbound = {
    place: (call: object) => {
      placed.push(call);
      return Promise.resolve({ ...justPlaced, direction: 'outbound' as const });
    },
  };
  const place = (body: object = { to: '+12025550123' }) => house.send('POST', '/api/calls', body);

  test.each([
    [new PlacingRefused('RATE_LIMITED', 'the ceiling is reached', 7), 429, '7'],
    [new PlacingRefused('UNAVAILABLE', 'the carrier did not take the call'), 503, '5'],
    [new PlacingRefused('FORBIDDEN', 'to: it is blocked'), 403, undefined],
  ])(
    'placing a call that is refused answers why, and when to ask again: %s',
    async (refused, status, after) => {
      await open({ outbound: { place: () => Promise.reject(refused) } });
      const reply = await place();
      expect(reply).toMatchObject({ status, json: { type: refused.code, detail: refused.detail } });
      expect(reply.headers['retry-after']).toBe(after);
    },
  );

  test('placing a call answers 201 with the call and where it is', async () => {
    await open({ outbound });
    placed.length = 0;
    expect(await place({ to: '+12025550123', agentId: 'plumber' })).toMatchObject({
      status: 201,
      headers: { location: `/api/calls/${CALL_SID}` },
      json: { callSid: CALL_SID, direction: 'outbound' },
    });
    await place();
    expect(placed).toEqual([
      { to: '+12025550123', agentId: 'plumber' },
      { to: '+12025550123', agentId: 'default' },
    ]);
  });

  test('placing a call is refused while draining, and for an invalid number', async () => {
    await open({ outbound });
    expectProblem(await place({ to: '911' }), 400, 'REQUEST_INVALID');
    house.desk.isDraining = true;
    const reply = await place();
    expectProblem(reply, 503, 'UNAVAILABLE');
    expect(reply.headers['retry-after']).toBeDefined();
  });

  test('placing a call happens ten times a minute', async () => {
    await open({ outbound });
    for (let minute = 0; minute < 2; minute += 1) {
      for (let count = 0; count < 10; count += 1) expect((await place()).status).toBe(201);
      const reply = await place();
      expectProblem(reply, 429, 'RATE_LIMITED');
      expect(reply.headers['retry-after']).toBe('60');
      house.clock.time += 60_000;
    }
  });

  test.each([
    [3, 3],
    [null, 100],
  ])('placing a call happens as often in a minute as is set: %j', async (placedPerMinute, times) => {
    await open({ outbound, placedPerMinute });
    for (let count = 0; count < times; count += 1) expect((await place()).status).toBe(201);
    expect((await place()).status).toBe(placedPerMinute === null ? 201 : 429);
  });

  test('placing a call says in words why it cannot be placed now', async () => {
    await open();
    const reply = await place();
    expectProblem(reply, 503, 'UNAVAILABLE');
    expect(reply.json).toMatchObject({ detail: 'no account is configured' });
  });

  test.each(['', ' ', 'two words', 'x'.repeat(256)])(
    'placing a call refuses a key such as %j',
    async (key) => {
      await open({ outbound });
      const body = JSON.stringify({ to: '+12025550123' });
      const headers = { 'content-type': 'application/json', 'idempotency-key': key };
      const reply = await house.api('/api/calls', { method: 'POST', body, headers });
      expectProblem(reply, 400, 'REQUEST_INVALID');
    },
  );
});

describe('what the tools stored', () => {
  test.each(['leads', 'bookings', 'messages'] as const)(
    'what the tools stored as %s is listed a page at a time',
    async (kind) => {
      await open();
      const page = { items: [], nextCursor: null };
      house.journal.answers = { [kind]: page };
      expect(await house.api(`/api/${kind}?limit=7`)).toMatchObject({ status: 200, json: page });
      expect(house.journal.asked).toEqual([{ query: kind, args: { limit: 7 } }]);
      expectProblem(await house.api(`/api/${kind}?limit=1000`), 400, 'REQUEST_INVALID');
    },
  );
});

describe('agents', () => {
  const profileOf = (id: string) => {
    const read = readAgentProfile({ id, business: { name: id }, tools: [] }, new Set());
    if ('problems' in read) throw new Error('the profile of the test is wrong');
    return read.profile;
  };
  const store = (): AgentStore & { saved: [string, object][] } => {
    const saved: [string, object][] = [];
    return {
      saved,
      list: () => ['a', 'b', 'c'].map(profileOf),
      stored: () => undefined,
      versions: () => Promise.resolve(undefined),
      check: (id) => ({ profile: profileOf(id) }),
      put: (id, written) => {
        saved.push([id, written]);
        return Promise.resolve(
          'bad' in written
            ? { problems: [{ path: 'bad', message: 'is unknown', isOfKey: true }] }
            : { profile: profileOf(id), version: 'two', replaces: 'one' },
        );
      },
    };
  };

  test('agents are listed by id, a page at a time', async () => {
    await open({ agents: store() });
    const first = (await house.api('/api/agents?limit=2')).json as { items: object[]; nextCursor: string };
    expect(first.items).toMatchObject([{ id: 'a' }, { id: 'b' }]);
    const rest = await house.api(`/api/agents?cursor=${first.nextCursor}`);
    expect(rest.json).toMatchObject({ items: [{ id: 'c', voice: 'marin' }], nextCursor: null });
    expectProblem(await house.api('/api/agents?cursor=!!'), 400, 'REQUEST_INVALID');
  });

  test('agents are saved, up to 256 KB', async () => {
    const agents = store();
    await open({ agents });
    const profile = { id: 'shop', business: { name: 'Shop', description: 'x'.repeat(200 * 1024) } };
    expect(await house.send('PUT', '/api/agents/shop', profile)).toMatchObject({
      status: 200,
      json: { id: 'shop' },
    });
    expect(agents.saved).toEqual([['shop', profile]]);
    const large = JSON.stringify({ x: 'x'.repeat(257 * 1024) });
    expectProblem(await house.send('PUT', '/api/agents/shop', large), 413, 'BODY_TOO_LARGE');
  });

  test('agents with problems are answered with every problem', async () => {
    await open({ agents: store() });
    const reply = await house.send('PUT', '/api/agents/shop', { bad: 1 });
    expectProblem(reply, 400, 'REQUEST_INVALID');
    expect(reply.json).toHaveProperty('errors', [{ path: 'bad', message: 'is unknown' }]);
  });

  test.each(['..%2f..%2fetc', 'a%2f..%2fb', 'CON', 'a'.repeat(300), '.hidden', '%00', 'a.json', '-x'])(
    'agents named %s are not written to the disk',
    async (id) => {
      const agents = store();
      await open({ agents });
      expectProblem(await house.send('PUT', `/api/agents/${id}`, {}), 400, 'REQUEST_INVALID');
      expect(agents.saved).toEqual([]);
    },
  );

  test.each(['[]', '"text"', 'null', '7', ''])('agents that are %j are refused', async (body) => {
    await open({ agents: store() });
    expectProblem(await house.send('PUT', '/api/agents/shop', body), 400, 'REQUEST_INVALID');
  });
});

describe('every route', () => {
  test('every route answers the methods it knows, and lists them to others', async () => {
    await open();
    const paths = new Set([...routeRows(TWILIO_ROUTES.specs), ...routeRows()].map(({ path }) => path));
    for (const path of paths) {
      const isTwilio = path.startsWith('/twilio') && path !== '/twilio/media';
      const headers = { 'X-Twilio-Signature': 'valid' };
      const reply = await house.api(path.replace(/:\w+/, CALL_SID), { method: 'PATCH', headers });
      expectProblem(reply, 405, 'METHOD_NOT_ALLOWED');
      expect(reply.headers.allow).toMatch(
        isTwilio
          ? /^POST$/
          : /^(GET, HEAD|POST|GET, HEAD, POST|GET, HEAD, PUT|GET, HEAD, DELETE|DELETE|PUT, DELETE)$/,
      );
    }
  });

  test('every route answers HEAD like GET, without a body', async () => {
    await open();
    house.journal.answers.findCalls = { items: [], nextCursor: null };
    expect(await house.api('/api/calls', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  test.each([
    '/nope',
    '/api',
    '/api/',
    '/api/nope',
    '/API/calls',
    '/api/calls/',
    '//api/calls',
    '/%2e%2e/etc',
  ])('a path beside the routes is not found: %s', async (path) => {
    await open();
    expectProblem(await house.api(path), 404, 'NOT_FOUND');
  });

  test('every route carries the headers that keep browsers in bounds, and no sign of what runs here', async () => {
    await open({ publicUrl: 'https://calls.example.com' });
    for (const path of ['/healthz', '/nope', '/api/calls']) {
      const { headers } = await house.ask(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'strict-transport-security': 'max-age=31536000',
        'content-security-policy': expect.stringContaining("default-src 'none'; script-src 'self'") as string,
      });
      expect(headers).not.toHaveProperty('x-powered-by');
    }
    const { headers } = await house.api('/api/leads?limit=x');
    expect(headers['cache-control']).toBe('no-store');
  });
});

describe('a body', () => {
  const say = `/api/calls/${CALL_SID}/say`;

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', ''])(
    'a body of type %j is not read',
    async (type) => {
      await open();
      const reply = await house.api(say, {
        method: 'POST',
        headers: { 'Content-Type': type },
        body: '{"text":"x"}',
      });
      expectProblem(reply, 415, 'MEDIA_TYPE_UNSUPPORTED');
    },
  );

  test('a body may say its character set', async () => {
    await open();
    const headers = { 'Content-Type': 'application/json; charset=utf-8' };
    expect((await house.api(say, { method: 'POST', headers, body: '{"text":"ü"}' })).status).toBe(202);
    expect(house.desk.asked).toMatchObject([{ with: { text: 'ü' } }]);
  });

  test.each(['{', '{"text": "secret words"', 'secret', '{"text":"a"}{"text":"b"}'])(
    'a body that is not JSON is refused without repeating it: %s',
    async (body) => {
      await open();
      const reply = await house.send('POST', say, body);
      expectProblem(reply, 400, 'REQUEST_INVALID');
      expect(reply.text).not.toContain('secret');
    },
  );

  test('a body that is nested too deeply is refused', async () => {
    await open();
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    expectProblem(await house.send('POST', say, `{"text":${deep}}`), 400, 'REQUEST_INVALID');
  });

  test('a body that is large is refused, as JSON, as a form and by its fields', async () => {
    await open();
    const large = 'x'.repeat(65 * 1024);
    expectProblem(await house.send('POST', say, { text: large }), 413, 'BODY_TOO_LARGE');
    expectProblem(await house.post('/twilio/voice', { CallSid: large }), 413, 'BODY_TOO_LARGE');
    const fields = Array.from({ length: 201 }, (_, index) => `f${String(index)}=1`).join('&');
    expectProblem(await house.post('/twilio/voice', fields), 413, 'BODY_TOO_LARGE');
    expect(JSON.stringify(house.logged)).not.toContain('xxx');
  });

  test('a body that is compressed is refused', async () => {
    await open();
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    const reply = await house.api(say, { method: 'POST', headers, body: Buffer.from([0x1f, 0x8b]) });
    expectProblem(reply, 415, 'MEDIA_TYPE_UNSUPPORTED');
  });
});

describe('a failure of the engine', () => {
  test('a failure of the engine is answered with an id only, under which the log says where', async () => {
    await open();
    house.journal.failure = new TypeError('cannot read +12025550123');
    const reply = await house.api('/api/calls');
    expectProblem(reply, 500, 'INTERNAL');
    const { id } = reply.json as { id: string };
    expect(reply.text).not.toContain('cannot read');
    expect(house.logged).toMatchObject([{ fields: { id, code: 'INTERNAL', error: 'TypeError' } }]);
    expect(JSON.stringify(house.logged)).not.toContain('cannot read');
    expect(house.faults).toEqual(['INTERNAL']);
  });
});

test('headers past 16 KB are refused before they end', async () => {
  await open();
  const socket = connect(house.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`GET /healthz HTTP/1.1\r\nX: ${'x'.repeat(17 * 1024)}`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 431 /);
  socket.destroy();
});
