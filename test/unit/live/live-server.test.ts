import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../../src/clock.ts';
import { PAGE_PROTOCOL, protocolsWith } from '../../../src/protocol/socket-token.ts';
import { TWILIO_PROOF } from '../../../src/services/twilio/webhooks/twilio-routes.ts';
import { createGuard, socketAddress } from '../../../src/services/http/guard.ts';
import { LiveCalls } from '../../../src/services/live/live-calls.ts';
import { LiveFeed } from '../../../src/services/live/live-feed.ts';
import { LiveServer } from '../../../src/services/live/live-server.ts';
import { KeptLog } from '../../support/phone-leg.ts';
import { openDoor } from '../../support/upgrade-router.ts';
import { shortCall, storeJournal } from '../../support/stored-calls.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const TOKEN = 'an-admin-token-of-tests';

/** The live feed on a real port of this machine. Its clock stands still, but for the feed's own. */
async function listen(adminToken: string | undefined) {
  const clock = new VirtualClock(1_000_000);
  const log = new KeptLog();
  const { journal } = storeJournal();
  journal.record('CA1', shortCall('CA1'));
  const feed = new LiveFeed({ calls: new LiveCalls(), journal, clock: systemClock, log });
  const guard = createGuard({
    publicUrl: 'http://localhost:3000',
    adminToken,
    carrier: TWILIO_PROOF,
    verifyWebhook: undefined,
    clock,
  });
  const server = new LiveServer({ feed, guard, onRefused: () => undefined, addressOf: socketAddress, clock });
  const http = createServer();
  const door = openDoor(http, server.route);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => {
    door.close();
    http.close();
  });
  const host = `127.0.0.1:${String((http.address() as AddressInfo).port)}`;
  return { clock, feed, log, host };
}

interface Page {
  readonly path?: string;
  readonly headers?: Record<string, string>;
  /** Empty: none. */
  readonly token?: string;
}

function open(host: string, { path = '/api/live', headers = {}, token = TOKEN }: Page = {}) {
  const socket = new WebSocket(`ws://${host}${path}`, protocolsWith(token === '' ? undefined : token), {
    headers,
  });
  socket.on('error', () => undefined);
  return socket;
}

/** The status that an upgrade is refused with. */
async function refusal(socket: WebSocket): Promise<number | undefined> {
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode?: number }];
  return response.statusCode;
}

async function closed(socket: WebSocket): Promise<[code: number, reason: string]> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return [code, String(reason)];
}

const subscription = (more: object = {}) => JSON.stringify({ type: 'subscribe', ...more });

test('the live server tells whoever has the token the list and the rows', async () => {
  const { host } = await listen(TOKEN);
  const socket = open(host);
  await once(socket, 'open');
  const messages: unknown[] = [];
  const done = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      messages.push(JSON.parse((data as Buffer).toString()));
      if (messages.length === 2) resolve();
    });
  });
  socket.send(subscription({ callSids: ['CA1'], since: { CA1: 13 } }));
  await done;
  expect(messages).toMatchObject([
    { type: 'calls', isWhole: true, calls: [] },
    { type: 'rows', callSid: 'CA1', rows: [{ seq: 14 }, { seq: 15, event: 'call.ended' }] },
  ]);
});

describe('the token', () => {
  test.each([
    ['is missing', ''],
    ['is wrong', 'guessed'],
  ])(
    'a token of the live feed that %s refuses the upgrade with 401, and takes no place',
    async (_, token) => {
      const { host, feed } = await listen(TOKEN);
      for (let n = 0; n < 11; n++) expect([401, 429]).toContain(await refusal(open(host, { token })));
      expect(feed.viewers).toBe(0);
      await once(open(host), 'open');
    },
  );

  test('a token in the address of the live feed is none', async () => {
    const { host } = await listen(TOKEN);
    expect(await refusal(open(host, { path: `/api/live?token=${TOKEN}`, token: '' }))).toBe(401);
  });

  test('the token of the live feed is never what is answered', async () => {
    const { host } = await listen(TOKEN);
    const socket = open(host);
    await once(socket, 'open');
    expect(socket.protocol).toBe(PAGE_PROTOCOL);
  });
});

test('a page that does not subscribe within five seconds is not waited for', async () => {
  const { host, clock } = await listen(TOKEN);
  const socket = open(host);
  await once(socket, 'open');
  clock.advance(5000);
  expect(await closed(socket)).toEqual([1008, 'no subscription received']);
});

describe('without a token in force', () => {
  const near = (host: string) => ({ Host: host });

  test('a page of this machine is let in without a token in force', async () => {
    const { host } = await listen(undefined);
    const socket = open(host, { token: '', headers: { ...near(host), Origin: `http://${host}` } });
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'subscribe' }));
    await once(socket, 'message');
  });

  test.each([
    ['another site', { Origin: 'https://elsewhere.example' }],
    ['another name for this machine', { Host: 'rebound.example' }],
    ['beyond a proxy', { 'X-Forwarded-For': '192.0.2.1' }],
    ['another site, as the browser says', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('a page of %s is not let in without a token in force', async (_, headers) => {
    const { host } = await listen(undefined);
    expect(await refusal(open(host, { token: '', headers: { ...near(host), ...headers } }))).toBe(403);
  });
});

test('a page that subscribes again and again is sent away for a while', async () => {
  const { host } = await listen(TOKEN);
  const socket = open(host);
  await once(socket, 'open');
  const end = closed(socket);
  for (let n = 0; n < 61; n++) socket.send(subscription());
  expect(await end).toEqual([1013, 'too many subscriptions']);
});

describe('what is no subscription', () => {
  test.each([
    ['', 'the subscription is not JSON text'],
    ['hello', 'the subscription is not JSON text'],
    ['[]', 'expected object'],
    [subscription({ callSids: 'some' }), 'callSids'],
    [subscription({ callSids: Array.from({ length: 201 }, () => '1') }), 'callSids'],
    [subscription({ since: { CA1: -1 } }), 'since.CA1'],
    [subscription({ tokens: [] }), 'tokens: is unknown'],
    [JSON.stringify({ type: 'unsubscribe' }), 'type'],
  ])('what is no subscription closes the live feed and says why: %s', async (text, why) => {
    const { host } = await listen(TOKEN);
    const socket = open(host);
    await once(socket, 'open');
    socket.send(text);
    const [code, reason] = await closed(socket);
    expect(code).toBe(1007);
    expect(reason).toContain(why);
  });

  test('a subscription of more than 64 KB is too large', async () => {
    const { host } = await listen(TOKEN);
    const socket = open(host);
    await once(socket, 'open');
    socket.send('x'.repeat(64 * 1024 + 1));
    expect((await closed(socket))[0]).toBe(1009);
  });
});

test('a page that answers no ping is let go', async () => {
  const { host, clock, feed } = await listen(TOKEN);
  const socket = new WebSocket(`ws://${host}/api/live`, protocolsWith(TOKEN), { autoPong: false });
  await once(socket, 'open');
  socket.send(subscription());
  await once(socket, 'message');
  clock.advance(30_000);
  await once(socket, 'ping');
  clock.advance(30_000);
  expect((await closed(socket))[0]).toBe(1006);
  await expect.poll(() => feed.viewers).toBe(0);
});

test('fifty pages are many, and the next is asked to come later', async () => {
  const { host } = await listen(TOKEN);
  const sockets = Array.from({ length: 50 }, () => open(host));
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  expect(await refusal(open(host))).toBe(503);
  sockets[0]?.terminate();
  await expect
    .poll(() => Promise.race([once(open(host), 'open').then(() => 'open'), refusal(open(host))]))
    .toBe('open');
});

test.each(['/api/live/', '/api/lives', '/'])('the path %s is not the live server’s', async (path) => {
  const { host } = await listen(TOKEN);
  expect(await refusal(open(host, { path }))).toBe(404);
});
