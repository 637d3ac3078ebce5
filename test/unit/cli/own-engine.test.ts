import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readToldCall } from '../../../src/cli/told-call.ts';
import { readApi } from '../../../src/cli/engine-api.ts';
import { engineAt } from '../../../src/cli/own-engine.ts';
import { MAX_CALL_FILE } from '../../../src/protocol/call-file.ts';

const CONFIG = {
  host: '10.0.0.7',
  port: 3000,
  publicUrl: 'https://calls.example.com',
  adminToken: '9b1d0c3f7ea24856',
} as const;

describe('the admin token', () => {
  test.each([
    undefined,
    'http://127.0.0.1:3000',
    'http://localhost:41234',
    'http://[::1]:3000',
    'http://10.0.0.7:3000',
    'https://calls.example.com',
    'https://CALLS.example.com:443',
  ])('the admin token is sent to the engine itself: %s', (url) => {
    expect(engineAt(url, CONFIG).adminToken).toBe(CONFIG.adminToken);
  });

  test.each([
    'https://evil.test',
    'https://calls.example.com.evil.test',
    'http://calls.example.com',
    'https://calls.example.com:8443',
    'https://calls.example.com@evil.test',
    'http://localhost.evil.test:3000',
    'http://127.0.0.1.nip.io:3000',
    'http://10.0.0.7:3001',
    'http://10.0.0.8:3000',
  ])('the admin token is not sent to %s', (url) => {
    expect(engineAt(url, CONFIG)).toEqual({ url, adminToken: undefined });
  });
});

/** A server that answers everything in one way, and what it was asked. */
async function answering(
  answer: (url: string) => { status: number; headers?: Record<string, string>; body?: Buffer },
) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    const { status, headers = {}, body } = answer(request.url ?? '');
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, asked };
}

test.each([301, 302, 303, 307, 308])('a redirection of %i is told, and not followed', async (status) => {
  const elsewhere = await answering(() => ({ status: 200 }));
  const engine = await answering((path) => ({ status, headers: { location: `${elsewhere.url}${path}` } }));
  await expect(readApi({ url: engine.url, adminToken: 'token' }, '/api/calls/CA1')).rejects.toThrow(
    'redirects: give the address of the engine itself',
  );
  expect(await readToldCall(engine.url, 'CA1', 'token')).toBe('refused');
  expect(elsewhere.asked).toEqual([]);
});

test('an answer without an end is read to the size of a call', async () => {
  const engine = await answering(() => ({ status: 200, body: Buffer.alloc(MAX_CALL_FILE + 1, ' ') }));
  await expect(readApi({ url: engine.url, adminToken: undefined }, '/')).rejects.toThrow(
    'too long to be a call',
  );
});

test('what a stranger answers is shown as text', async () => {
  const body = Buffer.from(JSON.stringify({ detail: '\u001b[2J\u202egone' }));
  const engine = await answering(() => ({ status: 404, body }));
  await expect(readApi({ url: engine.url, adminToken: undefined }, '/')).rejects.toThrow(
    '\\u001b[2J\\u202egone',
  );
});
