import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WaitingWebhooks } from '../../../src/engine/waiting-webhooks.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

let clock: VirtualClock;
let waiting: WaitingWebhooks;
/** How often the engine that starts was asked. */
let asked: number;
let url: string;
let server: ReturnType<typeof createServer>;

beforeEach(async () => {
  clock = new VirtualClock();
  waiting = new WaitingWebhooks(clock);
  asked = 0;
  server = createServer((request, response) => {
    waiting.take(request, response);
    asked++;
    server.emit('asked');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** The body of what waited, given back. */
const echo: RequestListener = (request, response) => {
  void request.toArray().then((parts) => response.end(Buffer.concat(parts as Buffer[])));
};
const webhook = (body: string) => fetch(`${url}/twilio/after-stream`, { method: 'POST', body });
/** Until so many webhooks have come. */
const until = async (count: number) => {
  while (asked < count) await once(server, 'asked');
};

test('a webhook that comes while the engine starts is answered when it has started', async () => {
  const answers = [webhook('CallSid=1'), webhook('CallSid=2')];
  await until(2);
  waiting.giveTo(echo);
  expect(await Promise.all(answers.map(async (answer) => (await answer).text()))).toEqual([
    'CallSid=1',
    'CallSid=2',
  ]);
  expect(clock.pending).toBe(0);
});

test('a webhook that has waited for three seconds is refused, so that the carrier asks again', async () => {
  const answer = webhook('CallSid=1');
  await until(1);
  clock.advance(3000);
  expect((await answer).status).toBe(503);
  waiting.giveTo(() => expect.fail('it was answered already'));
});

test('whoever is not the carrier hears at once that the engine is starting', async () => {
  expect((await fetch(`${url}/api/calls`)).status).toBe(503);
  expect((await fetch(`${url}/twilio/after-stream`)).headers.get('retry-after')).toBe('1');
});

test('no more than two hundred webhooks wait', async () => {
  const answers = Array.from({ length: 201 }, () => webhook(''));
  await until(201);
  const first = await Promise.race(answers);
  expect(first.status).toBe(503);
  waiting.giveTo(echo);
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(200);
});
