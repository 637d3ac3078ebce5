import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { inTurns } from '../../../src/services/http/request-turns.ts';

function request(url: string, headers: Record<string, string> = {}, isGone = false): IncomingMessage {
  const socket = new Socket();
  if (isGone) socket.destroy();
  return Object.assign(new IncomingMessage(socket), { url, headers });
}
const saysWho = ({ headers }: IncomingMessage) =>
  'x-twilio-signature' in headers || 'authorization' in headers;
const response = new ServerResponse(new IncomingMessage(new Socket()));
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a request by itself is answered at once', () => {
  const answered: (string | undefined)[] = [];
  inTurns(({ url }) => answered.push(url), saysWho)(request('/a'), response);
  expect(answered).toEqual(['/a']);
});

test('of many requests four are answered in a turn, in their order', async () => {
  const answered: (string | undefined)[] = [];
  const listener = inTurns(({ url }) => answered.push(url), saysWho);
  for (let n = 0; n < 10; n++) listener(request(String(n)), response);
  expect(answered).toHaveLength(4);
  await turn();
  expect(answered).toHaveLength(8);
  await turn();
  expect(answered).toEqual(Array.from({ length: 10 }, (_, n) => String(n)));
});

test('requests with a credential go first', async () => {
  const answered: (string | undefined)[] = [];
  const listener = inTurns(({ url }) => answered.push(url), saysWho);
  for (let n = 0; n < 100; n++) listener(request('crowd'), response);
  listener(request('twilio', { 'x-twilio-signature': 'x' }), response);
  listener(request('operator', { authorization: 'Bearer x' }), response);
  await turn();
  expect(answered.slice(4, 6)).toEqual(['twilio', 'operator']);
});

test('a request whose client is gone is not answered', async () => {
  const answered: (string | undefined)[] = [];
  const listener = inTurns(({ url }) => answered.push(url), saysWho);
  for (let n = 0; n < 4; n++) listener(request('/'), response);
  listener(request('gone', {}, true), response);
  listener(request('here'), response);
  await turn();
  expect(answered.at(-1)).toBe('here');
  expect(answered).not.toContain('gone');
});
