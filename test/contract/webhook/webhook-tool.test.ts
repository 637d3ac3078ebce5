import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { createProfileTools, type ProfileTools } from '../../../src/services/tools/outward/profile-tools.ts';
import { ToolSecrets } from '../../../src/services/tools/outward/tool-secrets.ts';
import { type FarEnd, farEnd, json } from '../../support/far-end.ts';
import { callOf, keptLog, NOW, profileOf, read, toolBench } from '../../support/tool-call.ts';

const SECRET = 'a-secret-of-the-shop';
const CANARY = 'Ann Lee';
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

let shop: FarEnd;
let profileTools: ProfileTools;
const log = keptLog();

beforeAll(async () => {
  shop = await farEnd();
  profileTools = createProfileTools({
    allowHosts: [shop.host],
    secrets: new ToolSecrets(
      new Map([
        ['TOOL_SHOP_SECRET', SECRET],
        ['TOOL_UNBOUND', SECRET],
      ]),
      new Map([['TOOL_SHOP_SECRET', [shop.host, 'shop.example.com']]]),
    ),
    clock: { ...systemClock, now: () => NOW },
    log,
  });
});
afterAll(async () => {
  await profileTools.close();
  await shop.close();
});
beforeEach(() => {
  shop.answers(json({ status: 'shipped', eta: '2026-03-12' }));
});

const ARGUMENTS = {
  type: 'object',
  properties: {
    orderNumber: { type: 'string', pattern: '^[0-9]{4}$' },
    person: { type: 'string' },
    options: { type: 'array', items: { type: 'integer' } },
  },
  required: ['orderNumber'],
  additionalProperties: false,
};

/** Asks a webhook as the model does, in a call of its own. */
function webhook(changes: object = {}) {
  const profile = profileOf(
    {},
    {
      tools: ['order_status'],
      webhooks: [
        {
          name: 'order_status',
          description: 'Look up an order.',
          url: `${shop.url}/orders?shop=7`,
          arguments: ARGUMENTS,
          policy: { kind: 'effect', needsReadBack: false },
          secret: 'TOOL_SHOP_SECRET',
          ...changes,
        },
      ],
    },
  );
  const bench = toolBench([], { ownToolsOf: (of) => profileTools.toolsOf(of), log });
  const call = callOf({ profile });
  const ask = (args: unknown = { orderNumber: '1234', person: CANARY }, signal?: AbortSignal) =>
    bench.ask(call, 'order_status', args, signal === undefined ? {} : { signal });
  return { ask, call, profile, toolbox: bench.toolbox };
}

const lastRequest = () => {
  const last = shop.got.at(-1);
  if (last === undefined) throw new Error('the shop was not asked');
  return last;
};

describe('the model', () => {
  test('the model behind a webhook tool is shown the declared schema as it stands', () => {
    const { toolbox, profile } = webhook();
    expect(toolbox.specsFor(profile)).toEqual([
      { name: 'order_status', description: 'Look up an order.', parameters: ARGUMENTS },
    ]);
  });

  test('the model behind a webhook tool is told the answer', async () => {
    const outcome = await webhook().ask();
    expect(outcome.status).toBe('ok');
    expect(read(outcome)).toEqual({ status: 'ok', result: { status: 'shipped', eta: '2026-03-12' } });
  });

  test.each([
    ['a missing argument', {}, 'orderNumber'],
    ['a wrong one', { orderNumber: 'x' }, 'orderNumber'],
    ['one too many', { orderNumber: '1234', url: 'http://169.254.169.254/' }, 'url'],
    ['a wrong one within one', { orderNumber: '1234', options: [1, 'two'] }, 'options.1'],
    ['a bottomless one', `{"orderNumber":${'['.repeat(8000)}${']'.repeat(8000)}}`, ''],
    ['thousands', { orderNumber: '1234', options: Array.from({ length: 1001 }, () => 1) }, ''],
  ])(
    'the model behind a webhook tool is told of %s by its path, and the webhook gets no request',
    async (_what, args, path) => {
      const before = shop.got.length;
      const answer = read(await webhook().ask(args));
      expect(answer.error).toBe('TOOL_ARGUMENTS');
      expect(answer.problems?.map((problem) => problem.path)).toEqual([path]);
      expect(shop.got).toHaveLength(before);
    },
  );
});

describe('the request', () => {
  test('the request of a webhook tool carries tool, arguments, the call and its caller, signed with the time', async () => {
    const { ask, call } = webhook();
    await ask();
    const { method, path, headers, body } = lastRequest();
    expect({ method, path }).toEqual({ method: 'POST', path: '/orders?shop=7' });
    const key = headers['idempotency-key'] as string;
    expect(key).toMatch(/^CA\d+:order_status:[0-9a-f]{64}$/);
    expect(JSON.parse(body)).toEqual({
      tool: 'order_status',
      arguments: { orderNumber: '1234', person: CANARY },
      call: { callSid: call.callSid, agentId: call.agentId, direction: 'inbound', caller: '+12025550123' },
      key,
    });
    expect(headers['content-type']).toBe('application/json');
    const timestamp = String(NOW / 1000);
    expect(headers['webhook-id']).toBe(key);
    expect(headers['webhook-timestamp']).toBe(timestamp);
    const signature = createHmac('sha256', SECRET).update(`${key}.${timestamp}.${body}`).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  });

  test('the request of a webhook tool has the same key for the same meaning, and is not sent again', async () => {
    const { ask } = webhook();
    await ask();
    const before = shop.got.length;
    const again = read(await ask('{"person":"Ann Lee","orderNumber":"1234"}'));
    expect(again).toMatchObject({ status: 'ok', repeated: true });
    expect(shop.got).toHaveLength(before);
  });

  test('the request of a webhook tool puts the arguments of a GET into the query, and signs what it asks for', async () => {
    await webhook({ method: 'GET', policy: undefined }).ask({
      orderNumber: '1234',
      person: 'A&B',
      options: [1, 2],
    });
    const { method, path, headers, body } = lastRequest();
    expect({ method, path, body }).toEqual({
      method: 'GET',
      path: '/orders?shop=7&orderNumber=1234&person=A%26B&options=%5B1%2C2%5D',
      body: '',
    });
    const signed = `${String(headers['webhook-id'])}.${String(NOW / 1000)}.${path}`;
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', SECRET).update(signed).digest('base64')}`,
    );
  });

  test('a webhook tool sends no request when its secret is not allowed there, even where nobody asked for problems', () => {
    const { toolbox, profile } = webhook({ secret: 'TOOL_UNBOUND' });
    expect(toolbox.specsFor(profile)).toEqual([]);
  });

  test('the request of a webhook tool goes unsigned without a secret', async () => {
    await webhook({ secret: undefined }).ask();
    expect(lastRequest().headers).not.toHaveProperty('webhook-signature');
    expect(lastRequest().headers).toHaveProperty('idempotency-key');
  });
});

describe('an answer', () => {
  const READS = { policy: { kind: 'reads' } };

  test.each([
    ['a list', json([1, 2]), { value: [1, 2] }],
    ['a text', json('soon'), { value: 'soon' }],
    [
      'nothing',
      (response: { writeHead(status: number): { end(): void } }) => {
        response.writeHead(204).end();
      },
      {},
    ],
  ])('the answer to a webhook tool that is %s is a result', async (_what, answer, result) => {
    shop.answers(answer);
    expect(read(await webhook().ask())).toEqual({ status: 'ok', result });
  });

  test('the answer to a webhook tool beyond 8 KB is cut by fields, and says which', async () => {
    shop.answers(json({ id: 'a1', notes: 'word '.repeat(20_000) }));
    const outcome = await webhook().ask();
    expect(Buffer.byteLength(outcome.output)).toBeLessThanOrEqual(8192);
    expect(read(outcome)).toMatchObject({ status: 'ok', shortened: ['notes'], result: { id: 'a1' } });
  });

  test.each([409, 422])(
    'the answer to a webhook tool with status %i and a reason is a refusal that the model can speak of',
    async (status) => {
      shop.answers(json({ reason: 'Closed on Sundays.', free: ['mon'] }, status));
      expect(read(await webhook().ask())).toEqual({
        status: 'refused',
        error: 'TOOL_REFUSED',
        reason: 'Closed on Sundays.',
        result: { free: ['mon'] },
      });
    },
  );

  test.each([301, 302, 307, 400, 401, 404, 409, 422, 429])(
    'the answer to a webhook tool with status %i is a failure, and may be asked again',
    async (status) => {
      shop.answers(json({ secret: CANARY }, status));
      const { ask } = webhook();
      const before = shop.got.length;
      const outcome = await ask();
      expect(read(outcome)).toMatchObject({ status: 'failed', error: 'TOOL_STATUS' });
      expect(outcome.output).toContain(String(status));
      expect(outcome.output).not.toContain(CANARY);
      await ask();
      expect(shop.got).toHaveLength(before + 2);
    },
  );

  test.each([500, 502, 503])(
    'the answer to a webhook tool with status %i fails a read, and leaves an effect uncertain',
    async (status) => {
      shop.answers(json({}, status));
      expect(read(await webhook(READS).ask())).toMatchObject({ status: 'failed', error: 'TOOL_STATUS' });
      const { ask } = webhook();
      expect(read(await ask())).toMatchObject({ status: 'uncertain', error: 'TOOL_STATUS' });
      const before = shop.got.length;
      expect(read(await ask())).toMatchObject({ status: 'uncertain', repeated: true });
      expect(shop.got).toHaveLength(before);
    },
  );

  test.each([
    ['no JSON', '<html>'],
    ['half of it', '{"status":'],
    ['far too long', JSON.stringify({ x: 'x'.repeat(300_000) })],
  ])(
    'the answer to a webhook tool that is %s fails a read, and leaves an effect accepted',
    async (_what, text) => {
      shop.answers((response) => response.writeHead(200).end(text));
      expect(read(await webhook(READS).ask())).toMatchObject({ status: 'failed', error: 'TOOL_ANSWER' });
      expect(read(await webhook().ask())).toMatchObject({ status: 'uncertain', error: 'TOOL_ANSWER' });
    },
  );

  test.each<[string, (response: ServerResponse) => unknown]>([
    ['JSON 20,000 deep', (response) => response.end(`{"tree":${'['.repeat(20_000)}${']'.repeat(20_000)}}`)],
    [
      'packed, which nobody asked for',
      (response) => response.setHeader('Content-Encoding', 'gzip').end(gzipSync('{}')),
    ],
    ['in another encoding', (response) => response.end(Buffer.from('{"a":1}', 'utf16le'))],
    [
      'cut short',
      (response) => response.writeHead(200, { 'Content-Length': 20 }).write('{"a"', () => response.destroy()),
    ],
    [
      'in pieces that are none',
      (response) => response.socket?.end('HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
    ],
    ['beyond HTTP', (response) => response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}')],
    ['another protocol', (response) => response.socket?.end(SWITCHING)],
    ['the end', (response) => response.socket?.destroy()],
  ])(
    'the answer to a webhook tool that is %s settles: an effect is done once, and never told as not done',
    async (_what, answer) => {
      shop.answers((response) => void answer(response));
      const { ask } = webhook();
      const before = shop.got.length;
      const first = read(await ask());
      expect(['ok', 'uncertain']).toContain(first.status);
      expect(read(await ask())).toEqual({ ...first, repeated: true });
      expect(shop.got).toHaveLength(before + 1);
      expect(['ok', 'failed']).toContain(read(await webhook(READS).ask()).status);
    },
  );

  test('the answer to a webhook tool may begin with a byte order mark', async () => {
    shop.answers((response) => response.end('\ufeff{"status":"shipped"}'));
    expect(read(await webhook().ask()).result).toEqual({ status: 'shipped' });
  });

  test('the answer to a webhook tool that never comes ends in time', async () => {
    shop.answers(() => undefined);
    const quick = { timeoutMs: 100 };
    expect(read(await webhook({ ...READS, ...quick }).ask())).toMatchObject({
      status: 'failed',
      error: 'TOOL_TIMEOUT',
    });
    expect(read(await webhook(quick).ask())).toMatchObject({ status: 'uncertain', error: 'TOOL_TIMEOUT' });
  });

  test('the answer to a webhook tool that stops in the middle ends in time', async () => {
    shop.answers((response) => response.writeHead(200).write('{"half'));
    const answer = read(await webhook({ ...READS, timeoutMs: 100 }).ask());
    expect(answer).toMatchObject({ status: 'failed', error: 'TOOL_TIMEOUT' });
  });

  test('the answer to a webhook tool that is cut off fails a read, and leaves an effect uncertain', async () => {
    shop.answers((response) => response.destroy());
    expect(read(await webhook(READS).ask())).toMatchObject({ status: 'failed', error: 'TOOL_UNREACHABLE' });
    expect(read(await webhook().ask())).toMatchObject({ status: 'uncertain', error: 'TOOL_UNREACHABLE' });
  });

  test('a webhook tool whose host is unreachable fails, an effect too: the request never left', async () => {
    const nobody = await farEnd();
    await nobody.close();
    const tools = createProfileTools({
      allowHosts: [nobody.host],
      secrets: new ToolSecrets(new Map(), new Map()),
      clock: systemClock,
      log,
    });
    const { profile } = webhook({ url: nobody.url, secret: undefined });
    const bench = toolBench([], { ownToolsOf: (of) => tools.toolsOf(of) });
    const outcome = await bench.ask(callOf({ profile }), 'order_status', { orderNumber: '1234' });
    expect(read(outcome)).toMatchObject({ status: 'failed', error: 'TOOL_UNREACHABLE' });
    await tools.close();
  });
});

describe('a request that nobody waits for any more', () => {
  test('the request of a webhook tool that nobody waits for any more is cut off when it reads', async () => {
    const cut = new Promise<void>((resolve) => {
      shop.answers((response) => response.on('close', resolve));
    });
    const abort = new AbortController();
    const before = shop.got.length;
    const asked = webhook({ policy: { kind: 'reads' } }).ask(undefined, abort.signal);
    await expect.poll(() => shop.got.length).toBe(before + 1);
    abort.abort();
    expect((await asked).status).toBe('cancelled');
    await cut;
  });
});

describe('a profile', () => {
  const problemsOf = (changes: object) => profileTools.problemsOf(webhook(changes).profile);

  test('a profile with a webhook is right when everything is there', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ url: 'https://shop.example.com/hook' })).toEqual([]);
  });

  test.each([
    [{ url: 'http://shop.example.com/' }, 'webhooks.0.url', /must begin with https/],
    [{ url: 'https://10.0.0.1/', secret: undefined }, 'webhooks.0.url', /private address/],
    [{ secret: 'TOOL_ABSENT' }, 'webhooks.0.secret', /TOOL_ABSENT is not set/],
    [{ secret: 'TOOL_UNBOUND' }, 'webhooks.0.secret', /TOOL_UNBOUND has no host/],
    [
      { url: 'https://evil.example.com/' },
      'webhooks.0.secret',
      /TOOL_SHOP_SECRET is not allowed for evil.example.com/,
    ],
    [{ url: 'https://sub.shop.example.com/' }, 'webhooks.0.secret', /is not allowed for sub/],
    [
      { arguments: { type: 'object', not: { required: ['a'] } } },
      'webhooks.0.arguments',
      /not is not supported/,
    ],
    [
      { arguments: { type: 'object', properties: { a: { $ref: 'https://x.test/' } } } },
      'webhooks.0.arguments',
      /ref/,
    ],
    [
      { arguments: { type: 'object', properties: { a: { type: 'string', pattern: '(' } } } },
      'webhooks.0.arguments',
      /./,
    ],
  ])('a profile with a webhook is told what is wrong with %j', (changes, path, message) => {
    expect(problemsOf(changes)).toEqual([{ path, message: expect.stringMatching(message) as unknown }]);
  });
});

test('the log holds codes, and nothing that a caller said', () => {
  expect(log.lines.length).toBeGreaterThan(10);
  expect(log.lines.some((line) => line.includes('TOOL_TIMEOUT'))).toBe(true);
  for (const line of log.lines) {
    for (const canary of [CANARY, '1234', SECRET, '+1202']) expect(line).not.toContain(canary);
  }
});
